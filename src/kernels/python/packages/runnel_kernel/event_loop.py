"""asyncio and time.sleep on the bridge: waiting runs callbacks, follows the session clock and ends on Interrupt.

The interpreter's own loop belongs to JavaScript and cannot wait inside a cell. Ours waits by a request of class `wait`.
One loop lives as long as the kernel: a task left by a cell goes on whenever the kernel is idle (see `pump`).
"""
import asyncio
import contextlib
import time

import _runnel_host as host
from asyncio import base_events, events, tasks

from . import bridge, output

# A loop with nothing scheduled still waits for callbacks of the engine, which may finish a future.
_IDLE_WAIT_S = 1.0
_PUMP_BUDGET_S = 0.008
_PAUSED_PUMP_MS = 200
_TELL_SLEEP_MS = 1000


def bridge_sleep(duration_ms):
    bridge.request("sleep", {"durationMs": duration_ms})


def sleep(seconds):
    """time.sleep: `seconds` of session time."""
    if not isinstance(seconds, (int, float)):
        seconds = float(seconds) if hasattr(seconds, "__float__") else _not_a_number(seconds)
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    duration_ms = seconds * 1000
    if duration_ms < _TELL_SLEEP_MS:
        bridge_sleep(duration_ms)
        return
    cell = output.current_cell()
    bridge.emit({"kind": "sleeping", "cell": cell, "untilMs": round(bridge.now_ms() + duration_ms), "durationMs": duration_ms})
    try:
        bridge_sleep(duration_ms)
    finally:
        bridge.emit({"kind": "sleeping", "cell": cell, "untilMs": None, "durationMs": duration_ms})


def _not_a_number(value):
    raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")


class _Selector:
    def __init__(self):
        self.may_wait = True

    def select(self, timeout):
        if self.may_wait and timeout != 0:
            bridge_sleep((_IDLE_WAIT_S if timeout is None else timeout) * 1000)
        return ()


class BridgeLoop(base_events.BaseEventLoop):
    """An event loop whose time is session time."""

    def __init__(self):
        super().__init__()
        self._selector = _Selector()
        # Session time is a double of milliseconds since 1970: a timer less than this away counts as due, else the
        # loop could ask for sleeps too short to move the clock.
        self._clock_resolution = 0.001

    def time(self):
        return host.nowMs() / 1000

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass

    def run_due(self):
        """Runs what is ready without waiting; returns the session seconds of the next timer, None when nothing is left."""
        self._selector.may_wait = False
        try:
            stop_at = time.perf_counter() + _PUMP_BUDGET_S
            while True:
                self.call_soon(self.stop)
                self.run_forever()
                if not self._ready or time.perf_counter() > stop_at:
                    break
        finally:
            self._selector.may_wait = True
        if self._ready:
            return self.time()
        return self._scheduled[0]._when if self._scheduled else None


@contextlib.contextmanager
def _outside_running_loop():
    """Leaves the loop and task that run now, so that another loop may run inside."""
    loop = events._get_running_loop()
    task = tasks.current_task(loop) if loop is not None else None
    if task is not None:
        tasks._leave_task(loop, task)
    events._set_running_loop(None)
    try:
        yield
    finally:
        events._set_running_loop(loop)
        if task is not None:
            tasks._enter_task(loop, task)


class Runner(asyncio.Runner):
    """asyncio.Runner that also works inside a running loop, as a notebook cell is."""

    def __init__(self, *, debug=None, loop_factory=None):
        super().__init__(debug=debug, loop_factory=loop_factory or BridgeLoop)

    def run(self, coro, *, context=None):
        with _outside_running_loop():
            return super().run(coro, context=context)

    def close(self):
        with _outside_running_loop():
            super().close()


def run(main, *, debug=None, loop_factory=None):
    """asyncio.run: a loop of its own, run to the end inside the cell."""
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)


main_loop = BridgeLoop()


@contextlib.contextmanager
def cell_loop():
    """Plain cell code sees the notebook's loop as running, so that create_task works without await, as in Jupyter."""
    events._set_running_loop(main_loop)
    try:
        yield
    finally:
        events._set_running_loop(None)


def run_on_cell_loop(coroutine):
    """Runs the coroutine of a cell with top-level await."""
    task = main_loop.create_task(coroutine)
    try:
        return main_loop.run_until_complete(task)
    except KeyboardInterrupt:
        task.cancel()
        main_loop.run_due()
        raise


def pump():
    """Runs due tasks while no cell runs, and asks the host to come again when the next one is due."""
    if not (main_loop._ready or main_loop._scheduled):
        return
    next_s = main_loop.run_due()
    if next_s is not None:
        delay_ms = host.realMsUntil(next_s * 1000)
        host.requestPump(min(max(delay_ms, 0), 1000) if delay_ms != float("inf") else _PAUSED_PUMP_MS)


def install():
    time.sleep = sleep
    asyncio.run = asyncio.runners.run = run
    asyncio.Runner = asyncio.runners.Runner = Runner
    asyncio.new_event_loop = events.new_event_loop = BridgeLoop
    asyncio.get_event_loop = events.get_event_loop = lambda: events._get_running_loop() or main_loop
