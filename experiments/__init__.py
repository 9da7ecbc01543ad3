"""The named, seeded experiment behind each claim: a config goes in, evidence (arrays) comes out."""
