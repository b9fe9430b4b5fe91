# The notebooks, executed for readers: each once, the one on survival once an endpoint of the patients.
endpoints = [name for name, endpoint in study.endpoints.items() if endpoint.per == "patient"]
executed = ["cohort", "response", "factors", "literature", *(f"survival_{endpoint}" for endpoint in endpoints)]
notebooks = [f"{results}/notebooks/{name}.{kind}" for name in executed for kind in ("ipynb", "html")]
