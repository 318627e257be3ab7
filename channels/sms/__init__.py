"""SMS: parse, verify and render for the telephone network. Twilio first."""
