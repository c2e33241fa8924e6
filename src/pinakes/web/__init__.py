"""The web application: logic that knows no HTTP, what HTTP asks of everything, pages, the API, and the server."""
