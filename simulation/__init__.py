"""Running it in simulated time: reference, kernel, scenarios, forecasts. No database."""
