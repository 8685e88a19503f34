"""What needs a library of its own: each module names its extra, and nothing else imports it."""
