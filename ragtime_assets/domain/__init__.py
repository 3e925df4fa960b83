"""Values and rules that the whole package shares: plain, typed, frozen. Only `errors` is imported from outside.

`artifacts/` has one module per asset, named like it. The other rooms are named for their subject: `episode/`, `money/`,
`language/`, `text/`, `reading/`, `vocabulary/`. `graph` says which phase reads which.
"""
