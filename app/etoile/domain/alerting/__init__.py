"""Alerts: what is wrong (`conditions`), whether it is worth a notification (`desk`), and in which words (`words`)."""
