"""Every executor keeps what `executor_contract` promises."""

import pytest

from engine.executor_contract import ExecutorContract
from quartet.engine.executors import LocalExecutor, RoutingExecutor
from quartet.engine.processes import ProcessExecutor


async def opened(executor):
    await executor.start()
    yield executor
    await executor.close()


class TestLocalExecutor(ExecutorContract):
    @pytest.fixture
    async def executor(self):
        async for executor in opened(LocalExecutor()):
            yield executor


class TestProcessExecutor(ExecutorContract):
    @pytest.fixture
    async def executor(self):
        async for executor in opened(ProcessExecutor(2)):
            yield executor


class TestRoutingExecutor(ExecutorContract):
    @pytest.fixture
    async def executor(self):
        async for executor in opened(RoutingExecutor()):
            yield executor
