"""What hears callers, and what speaks to them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from .models import GROQ_URL, ModelSettings
from .values import Names, WebUrl

DEEPGRAM_URL = "https://api.in.deepgram.com"
VOICES = ("piper", "edge", "espeak")
RECOGNISERS = ("deepgram", "groq", "whisper")


class SpeechSettings(ModelSettings):
    """Recognisers and voices; Groq, whose models answer, hears too."""

    stt: Names = Field((), description="recognisers in order; what the keys allow")
    deepgram_api_key: SecretStr | None = None
    deepgram_base_url: WebUrl = Field(
        DEEPGRAM_URL, description="the region: api.in, api.eu, api.au, or api for the USA"
    )
    deepgram_model: str = Field("nova-3", description="or flux-general-multi, which says itself when a turn ends")

    barge_in: Literal["voice", "words"] = Field(
        "voice", description="what stops the bot: 300 ms of voice; or, sooner, the recogniser's first words"
    )

    tts: Names = Field((), description="voices in order; what is configured if empty")
    piper_url: WebUrl = Field("", description="Piper's HTTP server, for example http://127.0.0.1:5000")
    piper_voices: Annotated[dict[str, str], NoDecode] = Field(
        {"hi": "hi_IN-priyamvada-medium", "en": "en_US-lessac-medium"}, description="language=voice, with commas"
    )
    edge_tts_enabled: bool = Field(False, description="Microsoft's unofficial endpoint: for demonstrations only")

    @field_validator("piper_voices", mode="before")
    @classmethod
    def _voices_by_language(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [part.strip().partition("=") for part in value.split(",") if part.strip()]
        voices = {language.strip(): voice.strip() for language, _, voice in pairs}
        if not {"hi", "en"} <= voices.keys() <= {"hi", "en", "hinglish"} or not all(voices.values()):
            raise ValueError("must be language=voice for hi and en (and for hinglish, if it has its own)")
        return voices

    @model_validator(mode="after")
    def _recognisers_can_be_asked(self) -> Self:
        if unknown := [name for name in self.stt if name not in RECOGNISERS]:
            raise ValueError(f"STT knows {', '.join(RECOGNISERS)}; not {', '.join(unknown)}")
        if "deepgram" in self.stt and not self.deepgram_api_key and self.deepgram_base_url == DEEPGRAM_URL:
            raise ValueError("STT: deepgram needs a DEEPGRAM_API_KEY, or a DEEPGRAM_BASE_URL that asks for none")
        if "groq" in self.stt and not self.groq_can_be_asked:
            raise ValueError("STT: groq needs a GROQ_API_KEY, or a GROQ_BASE_URL that asks for none")
        return self

    @model_validator(mode="after")
    def _voices_can_be_asked(self) -> Self:
        if unknown := [name for name in self.tts if name not in VOICES]:
            raise ValueError(f"TTS knows {', '.join(VOICES)}; not {', '.join(unknown)}")
        if "piper" in self.tts and not self.piper_url:
            raise ValueError("TTS: piper needs a PIPER_URL")
        if "edge" in self.tts and not self.edge_tts_enabled:
            raise ValueError("TTS: edge needs EDGE_TTS_ENABLED=true")
        return self

    @property
    def chosen_voices(self) -> tuple[str, ...]:
        """What speaks to callers, the first choice first: `TTS`, or what is configured and the built-in voice."""
        configured = {"piper": self.piper_url, "edge": self.edge_tts_enabled}
        return tuple(dict.fromkeys(self.tts)) or (*(name for name, given in configured.items() if given), "espeak")

    @property
    def chosen_recognisers(self) -> tuple[str, ...]:
        """What hears callers, the first choice first: `STT`, or what the keys allow and Whisper on this machine."""
        deepgram = ("deepgram",) if self.deepgram_api_key else ()
        groq = ("groq",) if self.groq_api_key and self.groq_base_url == GROQ_URL else ()
        return tuple(dict.fromkeys(self.stt)) or (*deepgram, *groq, "whisper")
