"""Secrets: kept in this session only, never saved with the notebook."""
from ._refusal import refuses

_secrets = {}


def getSecret(akvName, secret=None, *_linked_service):
    """A secret of this session."""
    vault, name = (akvName, secret) if secret is not None else ("", akvName)
    if (vault, name) not in _secrets:
        error = LookupError(f"Secret {name!r} of {vault!r} is not known in this session.")
        error._hint = f'Set it once per session: `notebookutils.credentials.putSecret("{vault}", "{name}", "...")`.'
        raise error
    return _secrets[(vault, name)]


def putSecret(akvName, secret, value, *_linked_service):
    """Keeps a secret for this session."""
    _secrets[(akvName, secret)] = value
    return value


__getattr__ = refuses("notebookutils.credentials", "There are getSecret and putSecret.")
