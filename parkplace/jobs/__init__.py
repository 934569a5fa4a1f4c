"""What happens by itself. Every job may be late, doubled or dead without harm."""
