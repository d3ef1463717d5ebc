/// The simplest filter there is: how many words of a list a prompt holds. A baseline, and no more.
public struct KeywordList: Hashable, Sendable {
    private let words: Set<String>

    public init(_ words: [String] = KeywordList.dangerous) { self.words = Set(words) }

    public func score(_ text: String) -> Double { Double(TextWords.of(text).count { words.contains($0) }) }

    /// Words that lists of this kind hold.
    public static let dangerous = [
        "abuse", "acid", "ambush", "anthrax", "arson", "assassinate", "assault", "attack", "attacks", "beat",
        "blackmail",
        "bleed", "blow", "bomb", "bombs", "bribe", "bully", "burgle", "burn", "cheat", "choke", "cocaine",
        "counterfeit",
        "crack", "cruel", "cyberattack", "dead", "death", "deepfake", "destroy", "die", "drug", "drugs", "embezzle",
        "execute", "explode", "explosive", "explosives", "extort", "fake", "forge", "forged", "fraud", "genocide",
        "grenade", "gun", "guns", "hack", "hacking", "hang", "harass", "hate", "heroin", "hijack", "hostage", "hurt",
        "illegal", "illegally", "inferior", "insult", "kidnap", "kill", "killing", "knife", "launder", "lie", "malware",
        "massacre", "meth", "methamphetamine", "murder", "overdose", "phishing", "pistol", "poison", "poisoning",
        "ransom", "ransomware", "rape", "rifle", "riot", "rob", "robbery", "sabotage", "scam", "shoot", "shooting",
        "slaughter", "smuggle", "spy", "spyware", "stab", "stalk", "steal", "stealing", "stolen", "strangle", "suicide",
        "terrorist", "threat", "threaten", "threatening", "torture", "trafficking", "trick", "unethical", "venom",
        "victim", "victims", "violence", "violent", "virus", "weapon", "weapons", "worm",
    ]
}
