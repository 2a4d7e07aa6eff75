"""Let mutmut make its changes in `mutants/`, and find out which tests reach which function.

The first part of `mutmut run`, which has no command of its own; `tools.mutation_run` is the second. It uses functions
that mutmut does not document, so requirements-mutate.txt pins its version.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> None:
    """Make the changes, and run the tests once without any."""
    mutmut = importlib.import_module("mutmut.__main__")
    workers = int(sys.argv[1])
    mutmut.set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir()
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.store_lines_covered_by_tests()
    mutmut.create_mutants(workers)
    mutmut.collect_or_load_stats(
        mutmut.get_mutant_runner(workers), mutants_caught_by_type_checker={}, apply_config_invalidation=True
    )


if __name__ == "__main__":
    main()
