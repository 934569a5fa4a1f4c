"""Every component in every state, for those who build and check the pages."""
