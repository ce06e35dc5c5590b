"""Only pytest's own `pytester`: whatever else our tests need, a user of fakefarm has too."""

pytest_plugins = ["pytester"]
