"""Start PostgreSQL backups on a Commvault CommServe, follow them, and know go or no-go."""

__version__ = "0.1.0"
