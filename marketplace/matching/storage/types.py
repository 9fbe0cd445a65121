"""NumPy array types shared by the storage and index modules."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Pointers = np.ndarray[Any, np.dtype[np.int64]]
Rows = np.ndarray[Any, np.dtype[np.int32]]
Weights = np.ndarray[Any, np.dtype[np.float32]]
Vector = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
IntSequence = Sequence[int] | np.ndarray[Any, np.dtype[np.integer[Any]]]
FloatSequence = Sequence[float] | np.ndarray[Any, np.dtype[np.floating[Any]]]
