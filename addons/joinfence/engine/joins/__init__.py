"""Request -> joins: three small vocabularies (matchers, extractors, normalisers) that rule files speak."""
