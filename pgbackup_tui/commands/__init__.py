"""The face without a screen: data on stdout, narration on stderr, exit statuses that a pipeline can trust."""
