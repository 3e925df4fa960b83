"""The corpus on many machines: `python -m deploy` writes `compose/` and `k8s/` from what stands in `topology.py`."""
