"""Templates for the two top levels of the arithmetic set: each returns a question, its exact answer and a category."""

from fractions import Fraction

NAMES = [
    "Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jonas", "Kemi", "Lucia",
    "Mateo", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tomoko", "Uri", "Vera", "Wen", "Zofia",
]  # fmt: skip
THINGS = ["apples", "marbles", "stickers", "postcards", "pencils", "shells", "walnuts", "buttons", "stamps", "tulips"]
GOODS = ["notebooks", "mugs", "candles", "plant pots", "scarves", "puzzles", "teapots", "lanterns", "kites", "cushions"]
BOXES = ["boxes", "bags", "crates", "baskets", "tins", "jars"]
SHOPS = ["a bakery", "a bookshop", "a flower stall", "a toy shop", "a market stall", "a village shop"]
ROUTES = ["bus", "ferry", "tram", "train"]


def boxes_and_loose(random):
    name, thing, box = random.pick(NAMES), random.pick(THINGS), random.pick(BOXES)
    count, each, loose = random.integer(3, 15), random.integer(4, 24), random.integer(2, 30)
    question = (
        f"{name} has {count} {box} with {each} {thing} in each, and {loose} loose {thing}. "
        f"How many {thing} does {name} have in all?"
    )
    return question, count * each + loose, "word-problem-counting"


def change(random):
    name, goods = random.pick(NAMES), random.pick(GOODS)
    count, price = random.integer(2, 9), random.integer(3, 11)
    paid = 10 * ((count * price) // 10 + random.integer(1, 3))
    question = f"{name} buys {count} {goods} at {price} euros each and pays with {paid} euros. How much change is due?"
    return question, paid - count * price, "word-problem-money"


def shared(random):
    name, thing = random.pick(NAMES), random.pick(THINGS)
    friends, each, kept = random.integer(3, 9), random.integer(3, 14), random.integer(2, 20)
    question = (
        f"{name} has {friends * each + kept} {thing}, keeps {kept} of them and shares the rest equally among "
        f"{friends} friends. How many {thing} does each friend get?"
    )
    return question, each, "word-problem-sharing"


def passengers(random):
    route = random.pick(ROUTES)
    start, off, on = random.integer(30, 80), random.integer(5, 28), random.integer(5, 28)
    question = (
        f"A {route} leaves with {start} passengers. At the first stop {off} get off and {on} get on. "
        f"How many passengers are on the {route} now?"
    )
    return question, start - off + on, "word-problem-counting"


def distance_left(random):
    name = random.pick(NAMES)
    speed, hours, rest = random.integer(12, 28), random.integer(2, 6), random.integer(5, 60)
    question = (
        f"{name} is cycling a route of {speed * hours + rest} kilometres at {speed} kilometres per hour. "
        f"How many kilometres are left after {hours} hours?"
    )
    return question, rest, "word-problem-rates"


def pages(random):
    name = random.pick(NAMES)
    daily, days, left = random.integer(12, 45), random.integer(3, 14), random.integer(10, 120)
    question = (
        f"{name} reads {daily} pages of a book every day. The book has {daily * days + left} pages. "
        f"How many pages are left after {days} days?"
    )
    return question, left, "word-problem-rates"


def twice_as_many(random):
    one, two = random.sample(NAMES, 2)
    thing, times, count = random.pick(THINGS), random.pick([2, 3, 4, 5]), random.integer(6, 40)
    word = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}[times]
    question = (
        f"{one} has {count} {thing}. {two} has {word} as many. How many {thing} do {one} and {two} have together?"
    )
    return question, count * (1 + times), "word-problem-comparison"


def fence(random):
    name = random.pick(NAMES)
    length, width, price = random.integer(6, 30), random.integer(4, 25), random.integer(2, 9)
    question = (
        f"{name} puts a fence round a garden {length} metres long and {width} metres wide. "
        f"The fence costs {price} euros per metre. What does it cost in all, in euros?"
    )
    return question, 2 * (length + width) * price, "word-problem-geometry"


def sale_and_voucher(random):
    name, goods = random.pick(NAMES), random.pick(GOODS)
    count, price = random.integer(3, 12), 5 * random.integer(2, 12)
    percent, voucher = random.pick([10, 20, 25, 30, 40]), random.integer(2, 9)
    question = (
        f"{name} orders {count} {goods} at {price} euros each. The shop takes {percent}% off the whole order, and then "
        f"a voucher takes off {voucher} euros more. How many euros does {name} pay?"
    )
    return question, Fraction(count * price * (100 - percent), 100) - voucher, "word-problem-money"


def shop_day(random):
    shop, goods = random.pick(SHOPS), random.pick(GOODS)
    stock, price, cost = 12 * random.integer(5, 20), random.integer(8, 15), random.integer(2, 5)
    third, rent = stock // 3, random.integer(20, 90)
    question = (
        f"At {shop} there are {stock} {goods}. In the morning a third of them are sold, and in the afternoon half of "
        f"what is left. Each one sells for {price} euros and had cost {cost} euros. After {rent} euros of rent for the "
        "day, how many euros of profit were made on what was sold?"
    )
    return question, 2 * third * (price - cost) - rent, "word-problem-money"


def two_journeys(random):
    name = random.pick(NAMES)
    first, second = 10 * random.integer(4, 9), 10 * random.integer(7, 13)
    hours, minutes = random.integer(2, 4), random.pick([15, 30, 45])
    per_hundred = random.integer(4, 9)
    distance = first * hours + Fraction(second * minutes, 60)
    question = (
        f"{name} drives for {hours} hours at {first} kilometres per hour and then for {minutes} minutes at {second} "
        f"kilometres per hour. The car uses {per_hundred} litres of fuel per 100 kilometres. "
        "How many litres does the whole drive use?"
    )
    return question, distance * per_hundred / 100, "word-problem-rates"


def wages(random):
    name = random.pick(NAMES)
    rate, days, hours = 2 * random.integer(6, 15), random.integer(4, 6), random.integer(6, 8)
    overtime, tax = random.integer(2, 9), random.pick([10, 20, 25])
    gross = rate * days * hours + Fraction(3 * rate, 2) * overtime
    question = (
        f"{name} works {hours} hours a day on {days} days for {rate} euros an hour, and {overtime} hours of overtime "
        f"at one and a half times that rate. {tax}% of the total is paid as tax. How many euros are left?"
    )
    return question, gross * (100 - tax) / 100, "word-problem-money"


def recipe(random):
    name = random.pick(NAMES)
    base, flour = random.pick([4, 5, 8]), 20 * random.integer(8, 30)
    guests, spare = base * random.integer(2, 6), random.integer(2, 5)
    bags = 1000 * (flour * guests // base // 1000 + spare)
    question = (
        f"A recipe for {base} people needs {flour} grams of flour. {name} cooks for {guests} people and has "
        f"{bags // 1000} bags of flour of 1 kilogram each. How many grams of flour are left?"
    )
    return question, bags - flour * guests // base, "word-problem-proportion"


def age(random):
    one, two = random.sample(NAMES, 2)
    young, times, years = random.integer(4, 12), random.integer(2, 5), random.integer(3, 15)
    total = young + times * young + 2 * years
    question = (
        f"{two} is {times} times as old as {one}. In {years} years their ages will add up to {total}. "
        f"How old is {two} now?"
    )
    return question, times * young, "word-problem-equations"


def tank(random):
    tap, leak, minutes = random.integer(8, 20), random.integer(2, 6), 5 * random.integer(4, 16)
    start = 10 * random.integer(3, 20)
    more = 10 * random.integer(2, 6)
    question = (
        f"A tank contains {start} litres. A tap adds {tap} litres a minute while a leak loses {leak} litres a minute. "
        f"After {minutes} minutes the tap is closed and {more} litres are drained off. How many litres are in the tank?"
    )
    return question, start + (tap - leak) * minutes - more, "word-problem-rates"


def average(random):
    name = random.pick(NAMES)
    scores = [random.integer(55, 95) for _ in range(3)]
    wanted = sum(scores) // 3 + random.integer(-2, 1)
    needed = 4 * wanted - sum(scores)
    question = (
        f"{name} scored {scores[0]}, {scores[1]} and {scores[2]} in three tests. What score in the fourth test makes "
        f"the average of all four exactly {wanted}?"
    )
    return question, needed, "word-problem-averages"


def tiles(random):
    name = random.pick(NAMES)
    length, width = random.integer(3, 9), random.integer(2, 7)
    pack, price = random.pick([8, 10, 12]), random.integer(11, 29)
    needed = length * width * 4
    packs = -(-needed // pack)
    question = (
        f"{name} tiles a floor of {length} by {width} metres with square tiles whose sides are 50 centimetres. Tiles "
        f"come in packs of {pack} at {price} euros a pack, and only whole packs are sold. "
        "How many euros do the tiles cost?"
    )
    return question, packs * price, "word-problem-geometry"


def savings(random):
    one, two = random.sample(NAMES, 2)
    start, weekly, weeks = 10 * random.integer(2, 12), random.integer(5, 25), random.integer(6, 20)
    spent = Fraction(start + weekly * weeks, random.pick([2, 4, 5]))
    kept = start + weekly * weeks - spent
    part = {2: "half", 4: "a quarter", 5: "a fifth"}[(start + weekly * weeks) / spent]
    gift = random.integer(5, 15)
    question = (
        f"{one} has {start} euros and saves {weekly} euros a week for {weeks} weeks. Then {one} spends {part} of the "
        f"money and gets {gift} euros from {two}. How many euros does {one} have now?"
    )
    return question, kept + gift, "word-problem-money"


TWO_STEP = [boxes_and_loose, change, shared, passengers, distance_left, pages, twice_as_many, fence]
MULTI_STEP = [sale_and_voucher, shop_day, two_journeys, wages, recipe, age, tank, average, tiles, savings]
