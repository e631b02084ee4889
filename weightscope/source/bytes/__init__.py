"""Reads bytes by offset within bounds: files on disk, members of zips, and far files by ranges.

A far file is a `RemoteSource` of a `FarPlace`, which fetches through a store: `HttpStore` (also for hubs) or
`FsspecStore`. `Rounds` runs reads so that what they lack is fetched together.
"""
