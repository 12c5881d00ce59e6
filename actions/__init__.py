"""Custom actions, one module per topic. No sentence for the visitor stands here: domain.yml and the passages have them."""
