"""Runs notebook cells inside the kernel worker: the part of Runnel that lives in Python beside the user's code."""
