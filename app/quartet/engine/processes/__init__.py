"""Where executions run in processes of their own: a bounded pool of warm ones that can be stopped, whatever they do."""

from quartet.engine.processes.executor import ProcessExecutor

__all__ = ["ProcessExecutor"]
