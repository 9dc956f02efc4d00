"""The ground floor: database, actor, time, errors, jobs and events; no domain word."""
