"""The requests that are compared: one file per family of APIs. A scenario is a function that asks a client; it is run
against each broker in turn, and what it asks may depend on nothing but the names that the broker handed out."""

SCENARIOS = []  # in the order in which they are run


def scenario(room):
    """Marks a function as a scenario of a room, whose developers read its differences."""

    def mark(function):
        SCENARIOS.append((room, function))
        return function

    return mark
