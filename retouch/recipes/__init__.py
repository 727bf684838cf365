"""What a person asks for: passes and their knobs, prompts, people, intents, the library of recipes."""
