"""The brain, and the language model that it may ask."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from .values import Names, Secrets, WebUrl

GROQ_URL = "https://api.groq.com"


class ModelSettings(BaseModel):
    """Groq, or any server that speaks OpenAI's dialect."""

    brain: Literal["local", "llm", "hybrid"] | None = Field(None, description="hybrid with a model's key, else local")
    groq_api_key: Secrets = Field((), description="one key, or several with commas")
    groq_base_url: WebUrl = Field(GROQ_URL, description="or any server that speaks OpenAI's dialect")
    groq_models: Names = ("openai/gpt-oss-20b", "openai/gpt-oss-120b")
    groq_asked_ahead: bool = Field(True, description="in a pause that may be the end; sooner, and sometimes in vain")
    groq_first_token_ms: int = Field(700, ge=50, description="a model that is later is not waited for")

    @model_validator(mode="after")
    def _model_can_be_asked(self) -> Self:
        if self.brain in ("llm", "hybrid") and not self.groq_can_be_asked:
            raise ValueError(f"BRAIN={self.brain} needs a GROQ_API_KEY, or a GROQ_BASE_URL that asks for none")
        return self

    @property
    def groq_can_be_asked(self) -> bool:
        """There is a key, or a server of one's own."""
        return bool(self.groq_api_key) or self.groq_base_url != GROQ_URL

    @property
    def chosen_brain(self) -> Literal["local", "llm", "hybrid"]:
        """What answers callers: `BRAIN`, or what the keys allow."""
        return self.brain or ("hybrid" if self.groq_api_key else "local")
