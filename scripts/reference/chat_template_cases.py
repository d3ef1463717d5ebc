"""The templates and conversations that chat_templates.py renders."""

CONVERSATIONS = {
    "empty": [],
    "user": [{"role": "user", "content": "Hello!"}],
    "turns": [
        {"role": "system", "content": "Be brief.\n"},
        {"role": "user", "content": "  Où est la gare ? <b>&\"'  "},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nTout droit. 🚉"},
        {"role": "user", "content": "Merci\n\n"},
    ],
    "unanswered": [
        {"role": "user", "content": "One"},
        {"role": "user", "content": "Two"},
    ],
    "assistant last": [
        {"role": "user", "content": "1 + 1 = {{ 1 + 1 }}?"},
        {"role": "assistant", "content": "2 <|im_end|>"},
    ],
    "system only": [{"role": "system", "content": "Nothing else."}],
    "empty content": [{"role": "user", "content": ""}, {"role": "assistant", "content": " "}],
    "tool call": [
        {"role": "system", "content": "Use tools."},
        {"role": "user", "content": "Weather in Köln?"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "id": "call00001",
                    "type": "function",
                    "function": {"name": "weather", "arguments": {"city": "Köln", "days": 2, "metric": True, "x": 1.5}},
                }
            ],
        },
        {"role": "tool", "name": "weather", "tool_call_id": "call00001", "content": "{\"sky\": \"clear\"}"},
        {"role": "assistant", "content": "It is clear."},
        {"role": "user", "content": "Thanks"},
    ],
    "tool calls": [
        {"role": "user", "content": "Two things"},
        {
            "role": "assistant",
            "content": None,
            "reasoning_content": "I need both.",
            "tool_calls": [
                {"id": "a1b2c3d4e", "type": "function", "function": {"name": "first", "arguments": {}}},
                {"id": "f5g6h7i8j", "type": "function", "function": {"name": "second", "arguments": {"q": ["<a>", None]}}},
            ],
        },
        {"role": "tool", "name": "first", "tool_call_id": "a1b2c3d4e", "content": "1"},
        {"role": "tool", "name": "second", "tool_call_id": "f5g6h7i8j", "content": "2 <|im_end|>"},
    ],
    "reasoning": [
        {"role": "user", "content": "Why?"},
        {"role": "assistant", "content": "Because.", "reasoning_content": "Let me\nthink.", "thinking": "Hm."},
        {"role": "user", "content": "And how?"},
    ],
    "parts": [
        {"role": "user", "content": [{"type": "text", "text": "Look: "}, {"type": "text", "text": "here"}]},
    ],
}

CHAT_TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "Tells the weather <now> & \"later\".",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "Where", "enum": ["Köln", "Bonn"]},
                    "days": {"type": "integer", "default": 1},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["city"],
            },
        },
    },
    {"type": "function", "function": {"name": "first", "description": "Nothing.", "parameters": {"type": "object", "properties": {}}}},
]

CHAT_VARIABLES = [{}, {"enable_thinking": False}, {"tools": CHAT_TOOLS}]

CHAT_TEMPLATES = {
    "smollm2": "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}"
    "{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "brackets": """{{- bos_token }}
{%- if messages and messages[0].role == 'system' -%}
    {%- set system = messages[0].content | trim -%}
    {%- set rest = messages[1:] -%}
{%- else -%}
    {%- set system = none -%}
    {%- set rest = messages -%}
{%- endif -%}
{%- for m in rest -%}
    {%- if (m.role == 'user') != (loop.index0 % 2 == 0) -%}
        {{- raise_exception('Roles must alternate user/assistant/user/assistant/...') -}}
    {%- endif -%}
    {%- if m.role == 'user' -%}
        {{- '[INST] ' + (system ~ '\n\n' if system is not none and loop.last else '') + m.content + ' [/INST]' -}}
    {%- else -%}
        {{- ' ' ~ m.content | trim ~ eos_token -}}
    {%- endif -%}
{%- endfor -%}
""",
    "thinking": """{#- keeps only what follows the reasoning -#}
{%- set ns = namespace(last=-1, seen=false) %}
{%- for m in messages[::-1] %}
    {%- if m.role == "user" and not ns.seen %}
        {%- set ns.seen = true %}
        {%- set ns.last = messages | length - 1 - loop.index0 %}
    {%- endif %}
{%- endfor %}
{%- for m in messages %}
    {%- set content = m.content %}
    {%- if m.role == "assistant" and "</think>" in content %}
        {%- set content = content.split("</think>")[-1].lstrip("\\n") %}
    {%- endif %}
    {{- "<|" ~ m.role ~ "|>\\n" ~ content ~ "<|end|>" }}
    {%- if not loop.last %}{{ "\\n" }}{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- "\\n<|assistant|>\\n" }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- "<think>\\n\\n</think>\\n\\n" }}
    {%- endif %}
{%- endif %}
""",
    "headers": """{% macro header(role, date=true) %}
<|start|>{{ role }}{% if date %} {{ strftime_now("%d %b %Y") }}{% endif %}<|header|>

{% endmacro %}
{{ bos_token }}{% for message in messages %}
{{ header(message.role, date=loop.first) }}
    {% generation %}
{{ message['content'] | trim }}<|eot|>
    {% endgeneration %}
{% else %}
No messages.
{% endfor %}
{% if add_generation_prompt %}{{ header('assistant', false) }}{% endif %}
""",
    "json": "{% for m in messages %}{{ m | tojson }}\n{{ m | tojson(indent=2) }}\n{% endfor %}{{ messages }}",
}

NAMES = [
    {"name": "b", "age": 3, "tags": ["x", "y"], "at": {"city": "Oslo"}},
    {"name": "A", "age": 1, "tags": [], "at": {"city": "Bern"}},
    {"name": "c", "age": 2, "at": {"city": "oslo"}},
]

FEATURE_VARIABLES = {
    "names": NAMES,
    "text": "  The quick-brown fox\n\tjumps  ",
    "words": ["delta", "Alpha", "charlie", "alpha", "Bravo"],
    "numbers": [3, 1, 2.5, 2, -4],
    "mixed": {"b": 1, "A": [1, 2.0, None, True], "c": {"d": "é\"\\\n\x01"}, "items": "shadow"},
    "empty": [],
    "nothing": None,
    "yes": True,
    "markup": "<a href='x'>&</a>",
    "unicode": "ÀÉß ǆ ΑΣ Σ ﬁ ½ ٣",
    "long": "one two three four five six seven eight nine ten",
}

FEATURES = {
    "whitespace": [
        "a\n{% if true %}\nb\n{% endif %}\nc\n",
        "  {% if true %}\n  b\n  {% endif %}\n  c",
        "a  {%- if true -%}  b  {%- endif -%}  c",
        "  {%+ if true %}\n  b\n  {%+ endif %}\nc",
        "{% if true +%}\nb{% endif +%}\nc",
        "{{ 1 }}\n{{ 2 -}}\n\n{{- 3 }}\n\n",
        "x {# note #}\n y {#- note -#} \n z\n  {# note +#}\nq",
        "{% raw %}\n {{ not }} {% evaluated %}\n{% endraw %}\nx",
        "a {%- raw -%} {{ x }} {%- endraw -%} b",
        "  {% raw %} {{ x }}\n  {% endraw %}\nb",
        "{# one #}\n{# two #}\n  {# three #}  \nx",
        "line one\r\nline two\rline three\n\n",
        "a\n\n",
        "\n{% if 1 %}\n\n{% endif %}\n\n",
        "x{{ ' a ' }} {{- ' b ' -}} y",
        "\u00a0{%- if 1 %}x{% endif -%}\u2003y",
        "{%- for i in range(3) %}\n  {{ i }}\n{%- endfor %}",
        "{% for i in range(3) -%}\n  {{ i }},\n{%+ endfor %}",
        "{{'{{'}}{{ '%}' }}{{ \"}}\" }}",
    ],
    "literals": [
        "{{ 1 }} {{ 1.5 }} {{ 1e3 }} {{ 1.5e-7 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 1_000 }} {{ 1e22 }} {{ 1e16 }}",
        "{{ 123456789012345680.0 }} {{ 0.1 + 0.2 }} {{ 1/3 }} {{ 100.0 }} {{ 1e15 }} {{ 0.0001 }} {{ 0.00001 }}",
        "{{ true }} {{ True }} {{ false }} {{ none }} {{ None }}",
        "{{ 'a' \"b\" 'c' }} {{ 'it\\'s' }} {{ \"q\\\"q\" }} {{ '\\x41\\u00e9\\U0001F600\\101\\n\\t\\q\\\\' }}",
        "{{ [1, 'a', [2.0, none]] }} {{ (1,) }} {{ () }} {{ (1, 2) }} {{ {} }} {{ {'a': 1, 2: (3,)} }} {{ [1,] }}",
        "{{ ['it\\'s', 'q\"', 'both\\'\"', 'tab\\t', 'nul\\x00', 'é', '\\u200b', '\\U0001F600'] }}",
        "{{ 1, 2 }}",
        "{{ {'a': 1, 'a': 2} }} {{ {1: 'a', true: 'b', 1.0: 'c'} }}",
        "{{ 'line\nbreak' }}",
        "{{ 007 }}",
    ],
    "operators": [
        "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }}",
        "{{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ -2 ** 2 }} {{ 2 ** 3 ** 2 }}",
        "{{ 'a' + 'b' }} {{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ [1] + [2] }} {{ [1] * 2 }} {{ (1,) + (2,) }} {{ 'x' * -1 }}",
        "{{ 1 ~ 'a' ~ none ~ 2.0 ~ [1] ~ undefined }}",
        "{{ 1 < 2 < 3 }} {{ 1 < 2 > 3 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' < 'b' }} {{ [1, 2] < [1, 3] }}",
        "{{ 1 != 2 }} {{ 'a' == 'a' }} {{ [1] == [1] }} {{ {'a': 1} == {'a': 1.0} }} {{ (1,) == [1] }} {{ none == false }}",
        "{{ 1 and 2 }} {{ 0 or 'x' }} {{ not 1 }} {{ not not 1 }} {{ '' and 1 }}|{{ none or empty }}",
        "{{ 1 in [1, 2] }} {{ 3 not in [1, 2] }} {{ 'b' in 'abc' }} {{ '' in 'abc' }} {{ 'b' in mixed }} {{ 1 in (1,) }}",
        "{{ 'a' if true }} {{ 'a' if false }} {{ 'a' if 0 else 'b' if 0 else 'c' }} {{ 1 if true else 1/0 }}",
        "{{ not 1 == 2 }} {{ 1 + 1 in [2] }} {{ 'a' ~ 1 + 1 }} {{ 1 + 1 ~ 'a' }} {{ 2 * 3 ~ 4 }}",
        "{{ -1 | abs }} {{ (-1) | abs }} {{ -5 // 2 | int }} {{ +3 }} {{ true + true }} {{ -true }}",
        "{{ '%s and %d: %5.2f|%-5s|%05d|%x' % ('a', 3, 1.005, 'b', 42, 255) }} {{ '%s' % 'x' }} {{ '%%' % () }}",
        "{{ '%(a)s %(b)r' % {'a': 1, 'b': 'x'} }} {{ '%s' % [1] }} {{ '%s' % none }} {{ '%+d % d' % (1, 2) }}",
        "{{ 10 % 3 }} {{ 10.0 / 4 }} {{ 1e308 * 10 }} {{ 5 is odd and 4 is even }}",
        "{{ 'abc' > 'abd' }} {{ 'Z' < 'a' }} {{ 2 >= 2.0 }} {{ 'é' > 'z' }}",
    ],
    "access": [
        "{{ names[0].name }} {{ names[0]['name'] }} {{ names[-1].at.city }} {{ names.0.age }} {{ names[0]['at']['city'] }}",
        "{{ names[9] }}|{{ names[0].missing }}|{{ mixed.itemz }}|{{ missing }}|{{ nothing.x }}|{{ 'abc'[9] }}",
        "{{ mixed['items'] }} {{ mixed.get('b') }} {{ mixed.get('zz') }} {{ mixed.get('zz', 7) }} {{ mixed.keys() }}",
        "{{ 'hello'[1] }} {{ 'hello'[-1] }} {{ 'hello'[1:3] }} {{ 'hello'[::-1] }} {{ 'hello'[::2] }} {{ 'hello'[-3:] }} {{ 'hello'[:-1] }}",
        "{{ numbers[1:] }} {{ numbers[:2] }} {{ numbers[::-1] }} {{ numbers[-2:0:-1] }} {{ numbers[10:] }} {{ (1, 2, 3)[1:] }}",
        "{{ range(10)[2:5] | list }} {{ range(10)[-1] }} {{ range(5) }} {{ range(1, 10, 3) }} {{ range(3) | list }}",
        "{{ mixed.values() }} {{ mixed['A'][3] }} {{ {'a': 1}.items() }} {{ {'a': 1}.items() | list }}",
        "{{ 'a'.foo }}|{{ (1).foo }}|{{ ''.__class__ }}|{{ mixed.pop }}|{{ [].append }}|{{ mixed[none] }}|{{ numbers['x'] }}",
        "{{ mixed[1] }}|{{ mixed[[1]] }}|{{ numbers[1.0] }}|{{ nothing[0] }}|{{ numbers[true] }}",
    ],
    "statements": [
        "{% if false %}a{% elif 1 > 2 %}b{% elif yes %}c{% else %}d{% endif %}",
        "{% set a = 1 %}{% set b, c = 2, 3 %}{{ a }}{{ b }}{{ c }}{% set t = 1, 2 %}{{ t }}",
        "{% set x %}block {{ 1 + 1 }}{% endset %}[{{ x }}]{% set y | upper | trim %} abc {% endset %}[{{ y }}]",
        "{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = i + 10 %}{{ x }} {% endfor %}{{ x }}",
        "{% set ns = namespace(a=1) %}{% for i in [1, 2] %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}{{ ns.b }}",
        "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns['b'] }} {{ ns }}",
        "{% if true %}{% set z = 5 %}{% endif %}{{ z }}",
        "{% with a = 1, b = 2 %}{{ a + b }}{% set c = 3 %}{% endwith %}{{ a }}{{ c }}",
        "{% filter upper %}abc {{ 'def' }}{% endfilter %} {% filter replace('a', 'b') | title %}banana{% endfilter %}",
        "{% print 1, 'a' %}{% print(2) %}",
        "{% block title %}in {{ yes }}{% endblock %} {% block b %}x{% endblock b %}",
        "{% if yes: %}colon{% endif %}",
        "{% set ns = namespace() %}{% set ns.a, b = 1, 2 %}{{ ns.a }}{{ b }}",
        "{% set (a, b) = [1, 2] %}{{ a }}{{ b }}",
        "{% generation %}{% set g = 1 %}{{ g }}{% endgeneration %}{{ g }}",
    ],
    "loops": [
        "{% for x in numbers %}{{ loop.index }}/{{ loop.length }}{{ 'F' if loop.first }}{{ 'L' if loop.last }}:{{ x }} {% endfor %}",
        "{% for x in numbers %}{{ loop.index0 }} {{ loop.revindex }} {{ loop.revindex0 }} {{ loop.previtem }} {{ loop.nextitem }};{% endfor %}",
        "{% for x in empty %}x{% else %}none{% endfor %}{% for x in missing %}x{% else %}!{% endfor %}",
        "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }} {% endfor %}",
        "{% for x in numbers if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% endfor %}",
        "{% for x in range(10) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 5 %}{% break %}{% endif %}{{ x }}{% endfor %}",
        "{% for x in 'abc' %}{{ loop.cycle('o', 'e') }}{{ x }}{% endfor %}",
        "{% for x in [1, 1, 2, 2, 1] %}{{ loop.changed(x) }} {% endfor %}",
        "{% for n in [{'v': 1, 'c': [{'v': 2, 'c': [{'v': 3}]}, {'v': 4}]}] recursive %}[{{ loop.depth }}{{ loop.depth0 }}{{ n.v }}{{ loop(n.c) if n.c }}]{% endfor %}",
        "{% for a in [1, 2] %}{% for b in [3, 4] %}{{ loop.index }}{{ a }}{{ b }} {% endfor %}{{ loop.index }};{% endfor %}",
        "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
        "{% for x in numbers %}{% if loop.nextitem is defined %}{{ loop.nextitem }}{% endif %}{% if loop.previtem is undefined %}^{% endif %}{% endfor %}",
        "{% for k in mixed %}{{ k }}{% endfor %}{% for c in 'héé' %}{{ c }}.{% endfor %}",
        "{% for x in [1,2,3] %}{% for y in [1,2,3] %}{% if y == 2 %}{% break %}{% endif %}{{ x }}{{ y }}{% endfor %}{% endfor %}",
        "{% for x in numbers | select('gt', 1) %}{{ loop.last }}{{ x }} {{ loop.length }} {% endfor %}",
        "{% for x in range(3) %}{% set y %}{{ x }}{% if x == 1 %}{% break %}{% endif %}{% endset %}{{ y }}{% endfor %}",
        "{{ loop }}{% for x in [1] %}{{ loop }}{% endfor %}",
        "{% for x in range(0) %}{% endfor %}{% for x in range(5, 0, -2) %}{{ x }}{% endfor %}",
    ],
    "macros": [
        "{% macro m(a, b='x', c=none) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, 2) }} {{ m(a=3, c=4) }} {{ m() }}",
        "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, z=3) }}",
        "{% macro box(t) %}[{{ t }}:{{ caller() }}]{% endmacro %}{% call box('h') %}in {{ yes }}{% endcall %}",
        "{% macro each(xs) %}{% for x in xs %}{{ caller(x) }}{% endfor %}{% endmacro %}{% call(v) each([1, 2]) %}<{{ v }}>{% endcall %}",
        "{% set a = 1 %}{% macro m() %}{{ a }}{% endmacro %}{% set a = 2 %}{{ m() }}",
        "{% macro f(n) %}{{ n }}{% if n > 0 %},{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
        "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(5) }} {{ m.name }}",
        "{% macro m(x) %}{{ x is defined }}{{ x }}{% endmacro %}{{ m() }}{{ m(none) }}",
        "{% macro m() %}{% set q = 1 %}{% endmacro %}{{ m() }}{{ q }}",
        "{% macro m() %} a {% endmacro %}{{ m() | trim }}|{{ m() ~ m() }}|{{ m() | length }}",
        "{% for i in [1, 2] %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(*[1]) }}{{ m(**{'a': 2}) }}",
    ],
    "tests": [
        "{{ x is defined }} {{ yes is defined }} {{ x is undefined }} {{ x is not defined }} {{ nothing is none }}",
        "{{ 'a' is string }} {{ 1 is string }} {{ {} is mapping }} {{ [] is mapping }} {{ [] is iterable }} {{ 1 is iterable }} {{ 'a' is iterable }}",
        "{{ [] is sequence }} {{ 'a' is sequence }} {{ {} is sequence }} {{ 1 is sequence }} {{ 1 is number }} {{ 1.0 is number }} {{ true is number }} {{ 'a' is number }}",
        "{{ true is boolean }} {{ 1 is boolean }} {{ true is true }} {{ 1 is true }} {{ false is false }} {{ 0 is false }}",
        "{{ 1 is integer }} {{ true is integer }} {{ 1.0 is float }} {{ 1 is odd }} {{ 2 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(4) }}",
        "{{ 1 is eq 1 }} {{ 1 is equalto(2) }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 1 is ge 2 }} {{ 2 is in [1, 2] }} {{ 3 is not in [1] }} {{ 1 is sameas 1 }}",
        "{{ 'abc' is lower }} {{ 'ABC' is upper }} {{ 'Abc' is upper }} {{ range is callable }} {{ 1 is callable }} {{ 'x' is escaped }} {{ ('x' | safe) is escaped }}",
        "{{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ 'nope' is test }}",
        "{{ not x is defined }} {{ 1 is not none and 2 is odd or true }} {{ yes is defined and yes }}",
        "{% if messages is iterable and messages is not string %}ok{% endif %} {{ range(3) is sequence }} {{ (numbers | map('abs')) is sequence }} {{ (numbers | map('abs')) is iterable }}",
    ],
    "filters text": [
        "[{{ text | trim }}] [{{ 'xxaxx' | trim('x') }}] {{ text | length }} {{ text | wordcount }}",
        "{{ 'hello world' | capitalize }} {{ 'hello world-wide (web) o\\'x' | title }} {{ 'a' | upper }} {{ 'É' | lower }} {{ unicode | upper }} {{ unicode | lower }} {{ unicode | title }}",
        "{{ 'banana' | replace('a', 'o') }} {{ 'banana' | replace('a', 'o', 2) }} {{ 'abc' | replace('', '-') }} {{ 5 | replace(5, 6) }}",
        "{{ 'a\nb\n\nc' | indent }}|{{ 'a\nb\n\nc' | indent(2, true) }}|{{ 'a\nb\n\nc' | indent('> ', blank=true) }}|{{ 'a\n' | indent }}|",
        "{{ [1, 'a', none] | join(', ') }} {{ names | join('-', attribute='name') }} {{ 'abc' | join('.') }} {{ [] | join }}|",
        "{{ markup | escape }} {{ markup | e | e }} {{ markup | safe }} {{ (markup | safe) + '<' }} {{ '<' + (markup | safe) }} {{ '<' ~ (markup | safe) }} {{ markup | forceescape }}",
        "{{ '%s-%s' | format(1, 'b') }} {{ '%(a)s' | format(a=2) }} {{ 42 | string + 'x' }} {{ 'x' | center(5) }}| {{ long | truncate(12) }} {{ long | truncate(12, true) }} {{ long | truncate(12, false, '~', 0) }} {{ 'short' | truncate(3) }}",
        "{{ 'a b/ç?&' | urlencode }} {{ 'abc' | reverse }} {{ 'abc' | first }} {{ 'abc' | last }} {{ 'cab' | sort }} {{ 'abc' | list }}",
    ],
    "filters values": [
        "{{ x | default('d') }} {{ '' | default('d') }}|{{ '' | d('d', true) }} {{ none | default('d') }} {{ x.y | default('e') if false else 'ok' }} {{ 0 | default(1, boolean=true) }}",
        "{{ '42' | int }} {{ '42.9' | int }} {{ 'x' | int }} {{ 'x' | int(7) }} {{ 3.9 | int }} {{ '0x1f' | int(0, 16) }} {{ '101' | int(base=2) }} {{ ' 7 ' | int }} {{ '-3' | int }} {{ none | int }} {{ true | int }} {{ '1_000' | int }}",
        "{{ '1.5' | float }} {{ 'x' | float }} {{ 'x' | float(2.5) }} {{ 3 | float }} {{ '1e3' | float }} {{ 'inf' | float }} {{ '-nan' | float }} {{ none | float }}",
        "{{ 42.55 | round }} {{ 42.55 | round(1, 'floor') }} {{ 42.45 | round(1) }} {{ 2.5 | round }} {{ 3.5 | round }} {{ 42 | round }} {{ 1234 | round(-2) }} {{ 2.675 | round(2) }} {{ 1.1 | round(0, 'ceil') }} {{ 1.5 | round | int }}",
        "{{ -3 | abs }} {{ (-3) | abs }} {{ -2.5 | abs }} {{ numbers | sum }} {{ names | sum(attribute='age') }} {{ [[1], [2]] | sum(start=[]) }} {{ numbers | min }} {{ numbers | max }} {{ words | min }} {{ words | max(case_sensitive=true) }} {{ [] | max }}|",
        "{{ mixed | tojson }}",
        "{{ mixed | tojson(indent=2) }}",
        "{{ [1, 'é<&>\\'', 1.0, none, true, [], {}] | tojson }} {{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }} {{ {'a': [1, 2]} | tojson(separators=(',', ':')) }} {{ 'é😀' | tojson(ensure_ascii=true) }}",
        "{{ {1: 'a', none: 'b', true: 'c', 1.5: 'd'} | tojson }} {{ [[], {}] | tojson(indent=1) }} {{ (1, 2) | tojson }} {{ {'a': {'b': [1]}} | tojson(indent='--') }}",
        "{{ 1e100 | tojson }} {{ 1e16 | tojson }} {{ ('inf' | float) | tojson }} {{ 'x' | tojson | length }}",
    ],
    "filters sequences": [
        "{{ words | sort }} {{ words | sort(reverse=true) }} {{ words | sort(case_sensitive=true) }} {{ numbers | sort }} {{ names | sort(attribute='age') | map(attribute='name') | list }} {{ names | sort(attribute='at.city,age') | map(attribute='name') | join }}",
        "{{ {'b': 1, 'A': 3, 'c': 2} | dictsort }} {{ {'b': 1, 'A': 3} | dictsort(true) }} {{ {'b': 1, 'A': 3} | dictsort(by='value', reverse=true) }}",
        "{{ words | unique | list }} {{ words | unique(true) | list }} {{ names | unique(attribute='at.city') | map(attribute='name') | list }} {{ [1, 1.0, true, 'a'] | unique | list }}",
        "{{ words | map('upper') | list }} {{ words | map('replace', 'a', '_') | list }} {{ names | map(attribute='tags', default=['z']) | list }} {{ names | map(attribute='at.city') | join(',') }}",
        "{{ numbers | select('odd') | list if false else '' }}{{ numbers | select('gt', 1) | list }} {{ numbers | reject('lt', 2) | list }} {{ [0, 1, ''] | select | list }} {{ [0, 1, ''] | reject | list }}",
        "{{ names | selectattr('tags') | map(attribute='name') | list }} {{ names | selectattr('tags', 'defined') | map(attribute='name') | list }} {{ names | rejectattr('age', 'eq', 1) | map(attribute='age') | list }} {{ names | selectattr('age', 'in', [1, 2]) | list | length }}",
        "{{ numbers | first }} {{ numbers | last }} {{ [] | first }}|{{ [] | last }}| {{ numbers | reverse | list }} {{ mixed | first }} {{ mixed | list }} {{ mixed | length }} {{ numbers | count }}",
        "{{ numbers | batch(2) | list }} {{ numbers | batch(2, 'x') | list }} {{ numbers | slice(3) | list }} {{ numbers | slice(3, 'x') | list }}",
        "{{ mixed | items | list }} {{ x | items | list }} {% for k, v in {'a': 1} | items %}{{ k }}{{ v }}{% endfor %}",
        "{% for g in names | groupby('at.city') %}{{ g.grouper }}:{{ g.list | length }} {% endfor %}{% for k, v in names | groupby('age') %}{{ k }}{% endfor %}",
        "{{ names | map(attribute='name') | first }} {{ words | map('length') | sum }} {{ (words | map('upper') | list)[0] }}",
        "{{ {'a': 1} | attr('keys') is callable }} {{ 'x' | attr('nope') is undefined }} {{ {'a': 1} | attr('a') is undefined }}",
    ],
    "methods text": [
        "[{{ text.strip() }}] [{{ text.lstrip() }}] [{{ text.rstrip() }}] [{{ 'xyxaxy'.strip('xy') }}] [{{ 'xxa'.lstrip('x') }}] [{{ 'axx'.rstrip('x') }}]",
        "{{ ' a b  c '.split() }} {{ 'a,b,,c'.split(',') }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a  b c '.split(none, 1) }} {{ ' a  b c '.rsplit(none, 1) }} {{ ''.split() }} {{ ''.split(',') }}",
        "{{ 'a b  '.split(none, 1) }} {{ '  a b'.rsplit(none, 1) }} {{ '  a  '.split(none, 0) }} {{ ' a b '.split(none, 2) }} {{ ' a b c '.split(none, -1) }}",
        "{{ 'a\nb\r\nc\n'.splitlines() }} {{ 'a\nb'.splitlines(true) }} {{ 'a-b-c'.partition('-') }} {{ 'a-b-c'.rpartition('-') }} {{ 'abc'.partition('x') }} {{ 'abc'.rpartition('x') }}",
        "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'abc'.startswith('b', 1) }} {{ 'abcabc'.find('c') }} {{ 'abc'.find('z') }} {{ 'abcabc'.rfind('c') }} {{ 'abc'.find('', 9) }} {{ 'abab'.count('ab') }} {{ 'abc'.count('') }} {{ 'abc'.index('b') }}",
        "{{ 'aBc'.upper() }} {{ 'aBc'.lower() }} {{ \"they're bill's\".title() }} {{ 'hELLO wORLD'.capitalize() }} {{ 'aBc'.swapcase() }} {{ unicode.upper() }} {{ unicode.lower() }} {{ unicode.title() }} {{ unicode.capitalize() }}",
        "{{ 'banana'.replace('an', 'AN', 1) }} {{ 'banana'.replace('a', '') }} {{ 'ab'.replace('', '-') }} {{ '-'.join(['a', 'b']) }} {{ ', '.join(words | sort) }} {{ 'ab'.join('xyz') }}",
        "{{ '123'.isdigit() }} {{ 'abc'.isalpha() }} {{ 'a1'.isalnum() }} {{ ' \t'.isspace() }} {{ 'abc'.islower() }} {{ 'ABC'.isupper() }} {{ 'Ab Cd'.istitle() }} {{ ''.isdigit() }} {{ '٣'.isdecimal() }} {{ '½'.isnumeric() }} {{ 'é'.isascii() }}",
        "[{{ 'ab'.center(7) }}] [{{ 'ab'.center(6, '*') }}] [{{ 'ab'.ljust(5) }}] [{{ 'ab'.rjust(5, '.') }}] {{ '-42'.zfill(6) }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.py'.removesuffix('.py') }}",
        "{{ '{} {} {}'.format(1, 'a', none) }} {{ '{1} {0}'.format('a', 'b') }} {{ '{x} {y.name} {z[0]}'.format(x=1, y=names[0], z=[7]) }} {{ '{{}} {:>5}|{:<5}|{:^5}|{:*^7}'.format('a', 'b', 'c', 'd') }}",
        "{{ '{:05d} {:+} {:,} {:x} {:#x} {:b} {:.2f} {:.3} {:10.1f} {:e} {:%} {!r}'.format(42, 1, 1234567, 255, 255, 5, 1.005, 'abcdef', 2.25, 12345.678, 0.5, 'q') }}",
        "{{ mixed.c.d }} {{ [1, 2, 1].count(1) }} {{ [1, 2].index(2) }} {{ {'a': 1}.copy() }} {{ (1, 2).index(1) }}",
        "{{ [3.0.is_integer(), 3.5.is_integer()] if false else '' }}{{ 'ΑΣ Σ'.lower() }} {{ 'ß'.upper() }}",
    ],
    "globals": [
        "{{ dict(a=1, b=2) }} {{ dict([('x', 1)]) }} {{ dict({'a': 1}, b=3) }} {{ range(3) | join(',') }}",
        "{{ strftime_now('%Y-%m-%d %H:%M:%S %A %a %B %b %j %y %I %p %e %d %-d %% %F %T') }}",
        "{% set j = joiner('|') %}{% for x in [1, 2, 3] %}{{ j() }}{{ x }}{% endfor %}",
        "{{ messages | length }} {{ tools }} {{ bos_token }} {{ add_generation_prompt }}",
    ],
    "syntax errors": [
        "{% if %}",
        "{% if x %}",
        "{% if x %}\n{% endfor %}",
        "a\nb\n{% foo %}",
        "{{ 1 + }}",
        "{{ x",
        "{{ x }",
        "{{ (1 }}",
        "{{ 1) }}",
        "{{ [1) }}",
        "{# open",
        "{% raw %} open",
        "{{ 'open }}",
        "{{ a b }}",
        "{{ }}",
        "{% for x %}{% endfor %}",
        "{% for x in %}{% endfor %}",
        "{% set 1 = 2 %}",
        "{% set true = 2 %}",
        "{% set x.y %}{% endset",
        "{% macro m(a=1, b) %}{% endmacro %}",
        "{% endif %}",
        "{% else %}",
        "{{ x | nope }}",
        "\n\n{{ x is nope }}",
        "{{ f(a=1, 2) }}",
        "{{ f(**a, *b) }}",
        "{{ x is odd is even }}",
        "{{ x. }}",
        "{{ ! }}",
        "{{ '\\x4' }}",
        "{{ '\\u12' }}",
        "{% break %}",
        "{% if x %}{% else %}{% else %}{% endif %}",
        "{% for x in y %}{% if z %}{% endfor %}",
        "{% call x %}{% endcall %}",
        "{% block a-b %}{% endblock %}",
        "{% for loop in x %}{% endfor %}",
        "{{ {1} }}",
        "{{ {1: } }}",
        "{{ x[ }}",
        "{{ x[1 }}",
        "{% 1 %}",
        "{{ 1 if }}",
        "{% filter %}x{% endfilter %}",
        "{% with a %}{% endwith %}",
        "{{ $ }}",
        "{% for x in y %}{{ x | nope }}{% endfor %}",
        "{% generation %}x",
        "{{ a.b.1.c[ }}",
    ],
    "runtime errors": [
        "{{ missing.attr }}",
        "{{ missing['a'] }}",
        "{{ missing + 1 }}",
        "{{ 1 + missing }}",
        "{{ missing() }}",
        "{{ names[0].missing.x }}",
        "{{ names[9].name }}",
        "{{ nothing.x.y }}",
        "{{ 'a'.foo() }}",
        "{{ 1 + 'a' }}",
        "{{ 'a' + 1 }}",
        "{{ [1] + 1 }}",
        "{{ {} + {} }}",
        "{{ 'a' * 'b' }}",
        "{{ 1 / 0 }}",
        "{{ 1 // 0 }}",
        "{{ 1 % 0 }}",
        "{{ 1.0 / 0 }}",
        "{{ 1 < 'a' }}",
        "{{ none > 1 }}",
        "{{ missing < 1 }}",
        "{{ -missing }}",
        "{{ -'a' }}",
        "{{ 1 in 2 }}",
        "{{ 1 in 'a' }}",
        "{{ none | length }}",
        "{% for x in 1 %}{% endfor %}",
        "{% for x in none %}{% endfor %}",
        "{% for a, b in [1] %}{% endfor %}",
        "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
        "{% for a, b in [(1,)] %}{% endfor %}",
        "{{ raise_exception('No ' ~ 1) }}",
        "{{ mixed.pop('b') }}",
        "{{ mixed.update({}) }}",
        "{{ numbers.append(1) }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ range(1000000) }}",
        "{{ range(1, 2, 0) }}",
        "{{ range('a') }}",
        "{{ [] | first | upper }}{{ ([] | first).x }}",
        "{{ [3, 'a'] | sort }}",
        "{{ missing | tojson }}",
        "{{ {(1, 2): 3} | tojson }}",
        "{{ numbers | map | list }}",
        "{{ numbers | map('nope') | list }}",
        "{{ numbers | select('nope') | list }}",
        "{% if true %}{{ 1 | nope }}{% endif %}",
        "{% if 1 is nope %}{% endif %}",
        "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}",
        "{% macro m(a) %}{% endmacro %}{{ m(b=1) }}",
        "{% macro m(a) %}{{ a.b }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}",
        "{% for x in [1] %}{{ loop([2]) }}{% endfor %}",
        "{% for x in [1] %}{{ loop.cycle() }}{% endfor %}",
        "{% set ns = mixed %}{% set ns.a = 1 %}",
        "{% set ns = namespace() %}{% set ns._a = 1 %}",
        "{{ namespace(__x=1) }}",
        "{{ {[1]: 2} }}",
        "{{ ('a' if false).x }}",
        "{{ 'abc'[::0] }}",
        "{{ long['a':] }}",
        "{{ '%d' % 'a' }}",
        "{{ '%s %s' % ('a',) }}",
        "{{ 'x' % 1 }}",
        "{{ '%q' % 1 }}",
        "{{ 'abc'.split('') }}",
        "{{ 'abc'.index('z') }}",
        "{{ ','.join([1]) }}",
        "{{ 'a'() }}",
        "{{ 1 | round(1, 'odd') }}",
        "{{ {} | dictsort(by='x') }}",
        "{{ 1 | items | list }}",
        "{{ mixed[1:2] }}",
        "{{ yes[0:1] }}",
        "{{ numbers | sum(attribute='x') }}",
        "{{ {}['a'].b }}",
        "{{ loop.index }}",
        "{{ 'a'.startswith(1) }}",
        "{{ nothing | upper ~ nothing.a.b }}",
        "{{ '{} {}'.format(1) }}",
        "{{ '{'.format(1) }}",
        "{{ missing | abs }}",
        "{{ 'a' | abs }}",
        "{{ 'a' | round }}",
        "{{ missing | int }}",
    ],
}
