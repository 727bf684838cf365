"""Recipes: passes and their knobs, prompts, people, intents, seeds, and the library of recipes."""
