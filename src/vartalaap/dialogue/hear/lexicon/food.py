"""Words of Indian menus as data: `canonical: other spellings and scripts`. Dishes themselves come from each menu."""

from __future__ import annotations

DISH_WORDS = """
momos: momo momoz momose momoes mommos mamos memo memos moms मोमो मोमोज मोमोज़ मोमोस मोमोस्
steam: steamed stim steem estim स्टीम स्टीम्ड स्टिम
fried: fry fryed frid friedd frayed फ्राइड फ्राईड फ्राई फ्राय
veg: vej vegetable vegetarian vegetables bej वेज वेजिटेबल वैज
chicken: chiken chikan chikken cikan murg murgh murga चिकन चिकेन मुर्ग मुर्गा
paneer: panir panner pnir पनीर
mutton: matan gosht मटन गोश्त
egg: anda ande अंडा अंडे एग
fish: machhli machli macchi मछली फिश
prawn: prawns jhinga झींगा प्रॉन
butter: makkhan batar bater makhan बटर मक्खन
chilli: chili chilly chile chillie mirchi चिली चिल्ली
rice: chawal rais chaval राइस चावल
thukpa: tukpa thupka thukpaa thupa thugpa थुकपा थुक्पा ठुकपा
soup: sup soop सूप
hot: garam हॉट गरम
sour: saur sawar सावर सौर
tea: टी
chai: chay chaay chaai chaye चाय
masala: masaala msala मसाला मसाले
fresh: phresh फ्रेश ताज़ा
lime: laim nimbu neembu lemon लाइम नींबू निम्बू नीम्बू
soda: soda sodaa सोडा
noodles: noodle nudals chowmein chow नूडल्स नूडल चाउमीन
manchurian: manchuria मंचूरियन
gravy: gravi ग्रेवी
dal: daal dhal दाल
makhani: makhni makhaani मखनी मक्खनी
tadka: tarka तड़का
naan: nan नान
roti: chapati phulka रोटी चपाती
paratha: parantha parata पराठा परांठा
tandoori: tanduri tandoor तंदूरी तन्दूरी
tikka: tika टिक्का
kebab: kabab kababs kebabs कबाब
biryani: biriyani briyani biriani birayani बिरयानी बिरियानी
pulao: pulav pilaf पुलाव
korma: kurma कोरमा
kofta: कोफ्ता कोफ़्ता
palak: spinach पालक
aloo: aalu alu potato आलू
gobi: gobhi cauliflower गोभी
bhindi: okra भिंडी
chole: chhole chana छोले चना
bhature: bhatura भटूरे
rajma: rajmah राजमा
raita: raitha रायता
lassi: lasi लस्सी
gulab: गुलाब
jamun: जामुन
kheer: khir खीर
halwa: halva हलवा
jalebi: जलेबी
rasmalai: रसमलाई
icecream: आइसक्रीम
coffee: kofi cofee कॉफी कॉफ़ी
water: paani pani पानी
cold: thanda कोल्ड ठंडा
drink: drinks ड्रिंक
juice: jus जूस
shake: शेक
salad: सलाद
papad: पापड़
samosa: samosas समोसा समोसे
pakora: pakoda pakoras पकोड़ा पकौड़ा पकौड़े
dosa: dosai डोसा
idli: इडली
pizza: पिज्जा पिज़्ज़ा
burger: बर्गर
sandwich: सैंडविच
pasta: पास्ता
spring: स्प्रिंग
roll: rolls रोल
thali: थाली
sweet: meetha मीठा स्वीट
corn: कॉर्न
mushroom: मशरूम
garlic: lahsun गार्लिक लहसुन
onion: pyaaz pyaz प्याज
matar: mutter मटर
shahi: शाही
kadhai: kadai karahi कड़ाही कढ़ाई
malai: मलाई
special: स्पेशल
"""

# A caller who asks for one of these means every item with that word.
INTERCHANGEABLE = {"tea": "chai", "chai": "tea"}
"""Words that name the same thing, so that "butter chai" finds Butter Tea on any menu."""
