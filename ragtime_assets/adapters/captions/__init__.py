"""Publishers' captions, from bytes to segments: WebVTT, SubRip, Podcasting 2.0 JSON and HTML.

`reader` decides by the content what a file is; `cue_files`, `podcast_json` and `html_page` read the kinds;
`order`, `speakers` and `cues` make segments of what they found. Whether the captions fit the audio is for
`phases/captions.py` to say.
"""
