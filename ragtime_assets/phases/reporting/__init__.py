"""Helpers of the phase `episode_report`."""
