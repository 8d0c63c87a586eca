"""Numerals as data: `value: Hindi spellings | English spellings`, in Latin and Devanagari letters."""

from __future__ import annotations

CARDINALS = """
0: shunya shoonya sunya sifar शून्य सिफर | zero jiro zeero oh nought ज़ीरो जीरो
1: ek aik एक | one वन
2: do दो | two टू
3: teen tin तीन | three थ्री
4: chaar char chhar चार | four फोर
5: paanch panch pach paach पांच पाँच पाच पान्च | five फाइव फाईव
6: chhe chhah che chhai chah chha chheh cheh छह छः छ छे छै छ: | six सिक्स
7: saat सात | seven सेवन सेवेन
8: aath aat ath आठ | eight एट ऐट एइट
9: nau nou नौ | nine नाइन नाईन
10: das dus दस | ten टेन
11: gyarah gyaarah giyarah gyara ग्यारह ग्यारा | eleven इलेवन एलेवन
12: barah baarah bara बारह बारा | twelve ट्वेल्व
13: terah tera teraah तेरह | thirteen थर्टीन
14: chaudah chodah chauda choudah चौदह | fourteen फोर्टीन
15: pandrah pandra pandraah pandhrah पंद्रह पन्द्रह पंद्रा | fifteen फिफ्टीन
16: solah sola solaah सोलह | sixteen सिक्सटीन
17: satrah satra sattrah सत्रह सतरह | seventeen सेवेंटीन सेवनटीन
18: atharah athara attharah aththarah athaarah अठारह अट्ठारह | eighteen एटीन
19: unnis unnees unees उन्नीस उनीस | nineteen नाइनटीन नाइंटीन
20: bees bis beess बीस | twenty ट्वेंटी ट्वेन्टी
21: ikkis ikkees ikis इक्कीस
22: bais baees baais बाईस बाइस
23: teis teyis teish तेईस तेइस
24: chaubis chaubees chobis चौबीस
25: pachis pachchis pachees pachchees पच्चीस पचीस
26: chhabbis chabbis chhabbees chabbees छब्बीस
27: sattais sataees sattaees satais सत्ताईस सत्ताइस
28: atthais athais athaees atthaees athaais अट्ठाईस अठाईस अट्ठाइस अठ्ठाईस अठ्ठाइस
29: untis unatis untees unattis उनतीस उन्तीस उनत्तीस
30: tees tis teess तीस | thirty थर्टी
31: ikattis iktis ikatees ikatis इकतीस इकत्तीस इक्तीस
32: battis batees battees बत्तीस
33: taintis tentis taintees tetis तैंतीस तेंतीस तेतीस
34: chauntis chautis chauntees चौंतीस चौतीस
35: paintis pentis paintees पैंतीस पेंतीस
36: chhattis chattis chhattees छत्तीस
37: saintis sentis saintees सैंतीस सेंतीस
38: adtis artis adatis adtees अड़तीस
39: untalis unchalis untaalis untaalees उनतालीस उन्तालीस उनचालीस
40: chalis chaalis chalees chaalees चालीस | forty fourty फोर्टी
41: iktalis iktaalis iktaalees इकतालीस
42: bayalis bayaalis bayalees byalis बयालीस ब्यालीस
43: taintalis tetalis taintaalees तैंतालीस तेतालीस
44: chavalis chauvalis chawalis chavaalees चवालीस चौवालीस चौंवालीस
45: paintalis pentalis paintaalis paintaalees पैंतालीस पेंतालीस
46: chhiyalis chiyalis chhiyaalis chhiyalees छियालीस
47: saintalis sentalis saintaalees सैंतालीस सेंतालीस
48: adtalis artalis adtaalis adtaalees अड़तालीस
49: unchas unanchas unchaas उनचास उन्चास
50: pachas pachaas पचास | fifty फिफ्टी
51: ikyavan ikyawan ikkyavan इक्यावन
52: bavan bawan baavan बावन
53: tirpan tirepan tirapan तिरपन तिरेपन
54: chauvan chauwan chavan चौवन चौअन
55: pachpan pachapan पचपन
56: chhappan chappan छप्पन
57: sattavan sattawan satavan सत्तावन
58: atthavan athavan atthawan अट्ठावन अठावन
59: unsath unsat उनसठ
60: saath साठ | sixty सिक्सटी
61: iksath iksat इकसठ
62: basath baasath बासठ
63: tirsath tirsat तिरसठ तिरेसठ
64: chaunsath chausath चौंसठ चौसठ
65: painsath paisath पैंसठ
66: chhiyasath chiyasath छियासठ
67: sadsath sarsath सड़सठ
68: adsath arsath अड़सठ
69: unhattar unahattar उनहत्तर
70: sattar satar सत्तर | seventy सेवेंटी सेवंटी
71: ikhattar ikahattar इकहत्तर
72: bahattar bahatar बहत्तर
73: tihattar tihatar तिहत्तर
74: chauhattar chohattar चौहत्तर
75: pachhattar pachattar pichhattar pachahattar पचहत्तर पिचहत्तर
76: chhihattar chihattar छिहत्तर
77: satahattar sathattar satattar सतहत्तर
78: athahattar athhattar athattar अठहत्तर
79: unasi unyasi unnasi उन्यासी उनासी
80: assi asi अस्सी | eighty एटी
81: ikyasi ikkyasi इक्यासी
82: bayasi byasi बयासी
83: tirasi tiraasi तिरासी
84: chaurasi chorasi चौरासी
85: pachasi pachaasi पचासी
86: chhiyasi chiyasi छियासी
87: sattasi satasi सत्तासी सतासी
88: atthasi athasi attasi अट्ठासी अठासी
89: navasi nawasi nauasi नवासी
90: nabbe nabbey nave नब्बे | ninety नाइंटी नाइन्टी
91: ikyanave ikyanve ikkyanve ikyaanve इक्यानवे इक्यानबे
92: banave banve baanve bayanve बानवे बानबे
93: tiranave tiranve tiraanve तिरानवे तिरानबे
94: chauranave chauranve chauraanve चौरानवे चौरानबे
95: panchanave panchanve pachanve panchaanve पंचानवे पचानवे पंचानबे
96: chhiyanave chhiyanve chiyanve छियानवे छियानबे
97: sattanave sattanve satanve सत्तानवे सत्तानबे
98: atthanave atthanve athanve athanave अट्ठानवे अठानवे अट्ठानबे
99: ninyanave ninyanve ninanve ninyaanve निन्यानवे निन्यानबे
"""

SCALES = """
100: sau sou सौ | hundred हंड्रेड
1000: hazaar hazar hajar hajaar हज़ार हजार | thousand थाउज़ेंड थाउजेंड थाउजंड
100000: laakh lakh लाख | lac lakhs
10000000: karod crore करोड़ | crores
"""

ORDINALS = """
1: pehla pehli pahla pahli पहली पहला | first 1st फर्स्ट
2: doosra doosri dusra dusri दूसरी दूसरा | second सेकंड
3: teesra teesri tisra tisri तीसरी तीसरा | third थर्ड
4: chautha chauthi चौथी चौथा | fourth
5: paanchvi panchvi paanchva पांचवी पाँचवीं पांचवीं | fifth
6: chhathi chhatha chhathvi छठी छठा | sixth
7: saatvi satvi सातवीं सातवी | seventh
8: aathvi athvi आठवीं आठवी | eighth
9: nauvi नौवीं नौवी | ninth
10: dasvi दसवीं दसवी | tenth
11: gyarahvi ग्यारहवीं | eleventh
12: barahvi बारहवीं | twelfth
13: terahvi तेरहवीं | thirteenth
14: chaudahvi चौदहवीं | fourteenth
15: pandrahvi पंद्रहवीं | fifteenth
16: solahvi सोलहवीं | sixteenth
17: satrahvi सत्रहवीं | seventeenth
18: atharahvi अठारहवीं | eighteenth
19: unnisvi उन्नीसवीं | nineteenth
20: beesvi बीसवीं | twentieth
30: teesvi तीसवीं | thirtieth
"""

# Quarters of a unit: "saadhe N" is N+2/4, "sava N" N+1/4, "paune N" N-1/4; "dedh" is 6/4 and "dhai" 10/4 by itself.
FRACTIONS = """
saadhe: saadhe sadhe saadhey sade saade sadde saarhe sarhe sadey साढ़े साढे साड़े साडे
sava: sava sawa savaa सवा
paune: paune pone pauney poune paone पौने पोने
dedh: dedh derh dedhh ded डेढ़ डेढ
dhai: dhai dhaai adhai arhai dhaii ढाई अढ़ाई ढ़ाई
aadha: aadha adha aadhe aadhi adhe adhi आधा आधे आधी | half हाफ
pauna: paun pauna पौन पौना
quarter: | quarter क्वार्टर
"""

# Heard instead of a number word: believed only beside a unit or when a number was asked for.
HOMOPHONES = """
1: | won
2: | to too
3: | tree free
4: | for fore
8: | ate ait
"""
