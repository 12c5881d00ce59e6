"""Custom NLU components of the assistant, one class per file, named by module path in config.yml."""
