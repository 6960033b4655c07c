"""What is not here, said by name."""


def refusal(feature, hint):
    """The exception of a feature this notebook does not have."""
    error = NotImplementedError(f"{feature} is not available in this notebook.")
    error._hint = hint
    return error


def refuses(module, hint):
    """A module's __getattr__ that refuses unknown names with a hint."""
    def refuse(name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise refusal(f"{module}.{name}", hint)

    return refuse
