"""What `dagster dev` and Dagster's daemon load: the definitions for the environment's settings."""

from orchestration.definitions import build_definitions
from orchestration.sample import ensure_sample
from orchestration.settings import apply_to_process, load_settings

settings = load_settings()
apply_to_process(settings)
ensure_sample(settings)
defs = build_definitions(settings)
