"""The frame of the hosted pages: the sandbox's own words, style and policy."""

POLICY = "default-src 'none'; style-src 'self'; img-src data:; form-action *; base-uri 'none'"
STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;background:light-dark(#f5f7fa,#14171c);color:light-dark(#1a1f36,#e8eaf0)}
.banner{background:light-dark(#fff3cd,#43380c);padding:.75rem 1rem;text-align:center}
main{max-width:min(26rem,100% - 5rem);margin:2rem auto;padding:1.5rem;border-radius:10px;
background:light-dark(#fff,#1d2129);border:1px solid light-dark(#d9dee7,#363c48)}
h1{font-size:1.1rem;margin:0 0 .25rem}.sum{font-size:2rem;font-weight:600;margin:0 0 1rem}
ul{list-style:none;margin:0 0 1rem;padding:0}li{display:flex;justify-content:space-between;gap:1rem}
label{display:block;font-weight:600;margin-block-end:.25rem}
input{box-sizing:border-box;inline-size:100%;padding:.75rem;font:inherit;border-radius:6px;
border:1px solid light-dark(#6b7280,#9aa3b2);background:transparent;color:inherit}
button,a.back{display:block;box-sizing:border-box;inline-size:100%;min-block-size:44px;
margin-block-start:.75rem;padding:.6rem;font:inherit;font-weight:600;text-align:center;
border-radius:6px;border:1px solid transparent;cursor:pointer;text-decoration:none}
button{background:#0b57d0;color:#fff}button.plain,a.back{background:transparent;color:inherit;
border-color:light-dark(#6b7280,#9aa3b2)}
.error{color:light-dark(#a3231f,#ff9d95);font-weight:600}
small{color:light-dark(#4b5563,#b3bac7)}dl{margin:.75rem 0 0;display:grid;gap:.15rem .75rem;
grid-template-columns:auto 1fr;font-size:.9rem}dd{margin:0}
"""


def page(title: str, body: str) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/c/style.css"></head>
<body><header class="banner">Test payments: no real card is charged.</header>
<main>{body}</main></body></html>"""
