"""EventHubsUtils.encrypt of the open-source Event Hubs connector: AES-256 in ECB mode under a key made of its version."""
import base64
import functools
import hashlib
import hmac

_VERSION = b"2.3.22"
_ROUNDS = 1000


def encrypt(connection_string):
    """What the connector's `EventHubsUtils.encrypt` gives: base64 text that only hides the string."""
    data = connection_string.encode()
    padding = 16 - len(data) % 16
    data += bytes([padding]) * padding
    keys = _round_keys()
    blocks = [_encrypt_block(data[at:at + 16], keys) for at in range(0, len(data), 16)]
    return base64.b64encode(b"".join(blocks)).decode("ascii")


def _derived_key():
    """PBKDF2-HMAC-SHA256; this Python's hashlib has none."""
    block = hmac.digest(_VERSION, _VERSION + b"\0\0\0\1", hashlib.sha256)
    total = int.from_bytes(block)
    for _ in range(_ROUNDS - 1):
        block = hmac.digest(_VERSION, block, hashlib.sha256)
        total ^= int.from_bytes(block)
    return total.to_bytes(32)


def _double(value):
    return ((value << 1) ^ 0x11B) & 0xFF if value & 0x80 else value << 1


@functools.cache
def _substitution():
    """The S-box, from its definition: the inverse in GF(2^8), then an affine map."""
    powers, value = [], 1
    for _ in range(255):
        powers.append(value)
        value ^= _double(value)
    logs = {power: index for index, power in enumerate(powers)}
    box = []
    for byte in range(256):
        inverse = powers[-logs[byte] % 255] if byte else 0
        rotated = inverse
        for turn in range(1, 5):
            rotated ^= ((inverse << turn) | (inverse >> (8 - turn))) & 0xFF
        box.append(rotated ^ 0x63)
    return bytes(box)


@functools.cache
def _round_keys():
    box, key = _substitution(), _derived_key()
    words = [key[at:at + 4] for at in range(0, 32, 4)]
    constant = 1
    for index in range(8, 60):
        word = words[-1]
        if index % 8 == 0:
            word = bytes(box[byte] for byte in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = _double(constant)
        elif index % 8 == 4:
            word = bytes(box[byte] for byte in word)
        words.append(bytes(a ^ b for a, b in zip(words[index - 8], word)))
    return [b"".join(words[at:at + 4]) for at in range(0, 60, 4)]


def _encrypt_block(block, keys):
    box = _substitution()
    state = bytes(a ^ b for a, b in zip(block, keys[0]))
    for number, key in enumerate(keys[1:], 1):
        shifted = [box[state[(at + 4 * (at % 4)) % 16]] for at in range(16)]
        if number < len(keys) - 1:
            shifted = [mixed for column in range(0, 16, 4) for mixed in _mix(shifted[column:column + 4])]
        state = bytes(a ^ b for a, b in zip(shifted, key))
    return state


def _mix(column):
    a, b, c, d = column
    doubled = [_double(value) for value in column]
    return (doubled[0] ^ doubled[1] ^ b ^ c ^ d, a ^ doubled[1] ^ doubled[2] ^ c ^ d,
            a ^ b ^ doubled[2] ^ doubled[3] ^ d, doubled[0] ^ a ^ b ^ c ^ doubled[3])
