"""The user's settings: profiles of CommServes, in a file that people edit too."""
