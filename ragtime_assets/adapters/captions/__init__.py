"""Publishers' captions, from bytes to segments: WebVTT, SubRip, Podcasting 2.0 JSON and HTML; text to paragraphs.

`reader` decides by the content what a file is; `cue_files`, `podcast_json` and `html_page` read the kinds;
`order`, `speakers` and `cues` make segments of what they found, `prose` makes paragraphs. Whether they fit the
audio is for `phases/listening/captions.py` and `phases/listening/published_text.py` to say.
"""
