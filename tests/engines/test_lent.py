"""An engine that is lent serves every run that asks for its number of workers, and outlives them."""

from __future__ import annotations

from engines import calls
from ftdata.engines import open_engine
from ftdata.engines.lent import lend
from ftdata.engines.local import LocalEngine
from ftdata.engines.processes import ProcessEngine


def test_a_lent_engine_outlives_who_closes_it() -> None:
    engine = ProcessEngine(workers=2)
    with lend(engine):
        first = open_engine(2)
        ((pid, _),) = first.get([first.run(calls.where, 0)])
        first.rest()
        first.close(now=True)
        second = open_engine(2)
        told = list(second.get([second.run(second.put(calls.where), number) for number in range(4)]))
        assert isinstance(open_engine(None), LocalEngine)
        other = open_engine(3)
        assert isinstance(other, ProcessEngine)
        other.close()
    assert pid in {one for one, _ in told}
    after = open_engine(2)
    assert isinstance(after, ProcessEngine)
    after.close()
    engine.close()
