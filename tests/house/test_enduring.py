"""Long trials are repeatable, count what came of them, and tell the seed that failed."""

from enduring import Trials


def test_at_least_one_trial_is_made_and_the_seed_is_the_one_asked_for() -> None:
    trials = Trials(seed=7, seconds=0)
    for _ in trials:
        trials.count("whole")
    assert trials.told() == "1 trials from seed 7 on, 1 whole"


def test_the_seed_that_failed_is_told() -> None:
    trials = Trials(seed=7, seconds=600)
    for seed in trials:
        if seed == 9:
            break  # as a failed assertion would
    assert trials.told() == "2 trials from seed 7 on; FAILED at --seed=9"
