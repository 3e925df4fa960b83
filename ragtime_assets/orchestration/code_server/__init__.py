"""The code location of `ragtime up`: Dagster's server of the definitions, which forks runs that need import nothing."""
