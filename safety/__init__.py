"""Emergency rules as data that a medical reviewer reads, and the code that applies them: deterministic, before all else."""
