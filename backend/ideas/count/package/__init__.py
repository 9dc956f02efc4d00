"""The published package of a count: terms, hash-chained ballots, result, and its own verifier.

files = package_files(publication)          # name -> bytes, nothing is written
written = write_package(path, publication)  # a folder, or one file when path ends in .zip
report = verify_package(path)               # report.ok, report.faults, report.fingerprint
"""

from backend.ideas.count.package.publication import (
    Publication,
    PublishedBallot,
    Written,
    election_from,
    package_files,
    receipt_mark,
    write_package,
)
from backend.ideas.count.package.verifying import Report, verify_package

__all__ = [
    "Publication",
    "PublishedBallot",
    "Report",
    "Written",
    "election_from",
    "package_files",
    "receipt_mark",
    "verify_package",
    "write_package",
]
