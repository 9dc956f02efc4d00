"""Reading and writing elections in the Pabulib format (.pb)."""

from backend.ideas.count.pabulib.reading import PabulibError, read_pabulib, read_pabulib_text
from backend.ideas.count.pabulib.writing import pabulib_text

__all__ = ["PabulibError", "pabulib_text", "read_pabulib", "read_pabulib_text"]
