"""Words of dates and times as data: `tag: Hindi spellings | English spellings`."""

from __future__ import annotations

WEEKDAYS = """
0: somvar somvaar somwar somwaar soumvar sombar सोमवार सोम | monday mon mandey mande मंडे मन्डे मनडे
1: mangalvar mangalvaar mangalwar mangalwaar mangal manglvar mangalbar मंगलवार मंगल | tuesday tue tues tuesdey ट्यूज़डे ट्यूसडे टयूसडे ट्यूजडे
2: budhvar budhvaar budhwar budhwaar budh budhbar बुधवार बुध | wednesday wed wensday wednes vednesday वेडनेसडे वेन्सडे वेडनसडे वेंसडे
3: guruvar guruvaar guruwar guruwaar brihaspativar brihaspativaar veervar veervaar virvar jumerat jumeraat guruvaaar गुरुवार गुरूवार बृहस्पतिवार वीरवार जुमेरात | thursday thu thur thurs thrusday थर्सडे थर्स्डे
4: shukravar shukravaar shukrawar shukrwar shukrvar sukravar juma jumma शुक्रवार शुक्र जुम्मा | friday fri fryday फ्राइडे फ्रायडे
5: shanivar shanivaar shaniwar shaniwaar shanichar saniwar sanivaar shani शनिवार शनि शनिचर | saturday sat saturdey satuday सैटरडे सेटरडे सटरडे सैटर्डे सॅटरडे
6: ravivar ravivaar raviwar raviwaar itvar itvaar itwar itwaar aitvar रविवार इतवार एतवार | sunday sun sundey सन्डे संडे सनडे
"""

MONTHS = """
1: janvari janwari जनवरी | january jan जैनुअरी जान्युअरी
2: farvari farwari pharvari फरवरी फ़रवरी | february feb फेब्रुअरी
3: maarch मार्च | march mar
4: aprail अप्रैल | april apr एप्रिल
5: mayi मई | may
6: joon जून | june jun
7: julai जुलाई | july jul
8: agast अगस्त | august aug ऑगस्ट
9: sitambar sitamber सितंबर सितम्बर | september sept sep सेप्टेंबर
10: aktubar aktoobar अक्टूबर अक्तूबर | october oct ऑक्टोबर
11: navambar navamber नवंबर नवम्बर | november nov नोवेंबर
12: disambar dicember दिसंबर दिसम्बर | december dec डिसेंबर डिसेम्बर
"""

WORDS = """
today: aaj aj आज | today tooday टुडे
tonight: | tonight tonite टुनाइट
tomorrow: kal kall कल | tomorrow tommorow tomorow tommorrow tmrw tomo टुमॉरो टुमारो टूमोरो
dayafter: parso parson parsoon parsoo परसों परसो |
threedays: narso narson tarso tarson नरसों तरसों |
yesterday: | yesterday यस्टरडे
now: abhi abbhi अभी अभि फ़ौरन | now immediately
morning: subah subha subeh savere sawere sube सुबह सवेरे सुबे सुभह | morning मॉर्निंग मोर्निंग
noon: dopahar dopehar dophar dupahar dupehar dopaher दोपहर दुपहर | afternoon आफ्टरनून
midday: | noon midday नून
evening: shaam sham saam sanjh शाम साँझ सांझ | evening eve ईवनिंग इवनिंग
night: raat raath ratri रात रात्रि | night nite नाइट
midnight: aadhiraat अर्धरात्रि | midnight मिडनाइट
lunch: | lunch brunch लंच
dinner: | dinner supper डिनर
breakfast: naashta nashta नाश्ता | breakfast ब्रेकफास्ट
am: | am ए॰एम एएम
pm: | pm पीएम पीयम
baje: baje bje bajey baaje bajhe bajay बजे बजें | oclock clock ओक्लॉक
bajkar: bajke bajkar baj bajne bajkr बजके बजकर बज बजने |
clockhours: | hrs
minute: minat minit मिनट मिनिट | minute minutes mins min
hour: ghante ghanta ghanton ghnte घंटे घंटा घण्टे घण्टा घंटों | hour hours hr hrs आवर
day: din dino dinon दिन दिनों | day days
week: hafte hafta haftah saptah saptaah haftey हफ्ते हफ्ता हफ़्ते सप्ताह | week weeks
fortnight: | fortnight
month: mahine mahina maheene mahinon mahiney महीने महीना माह | month months
year: saal साल वर्ष | year years
weekend: | weekend
next: agle agla agli agley अगले अगला अगली | next नेक्स्ट
coming: aane aanewale aanevale aaney आने आनेवाले आगामी | coming upcoming कमिंग
this: is iss isi yeh ye yah yahi इस इसी यह ये यही | this
last: pichle pichhle pichla gaye beete pichli पिछले पिछला पिछली बीते गत गुजरे | last previous
date: tarikh tareekh tarik tareek taarikh tarikhh तारीख तारिख तारीख़ दिनांक | date dated
after: baad baadh बाद पश्चात | after later hence
within: mein me andar में अंदर भीतर | in within
before: pehle pahle phle पहले | before
until: tak तक | by until till
from: se से | from
between: beech bich bicho बीच | between
around: lagbhag karib kareeb aaspaas takriban लगभग करीब करीबन आसपास | around about approximately almost
past: | past पास्ट
to: | to
ago: | ago
half_day: | half
beginning: | start
end: | end
"""

# Days of celebration: a name as callers say it, and what the `holidays` library calls it.
FESTIVALS = """
diwali: diwali deewali dewali dipawali deepawali deepavali divali दिवाली दीवाली दीपावली | diwali
holi: holi होली |
eid: eid ईद |
bakrid: bakrid bakreed बकरीद |
christmas: krismas क्रिसमस बड़ादिन | christmas xmas
newyear: nayasaal | newyear newyears
rakhi: rakhi rakshabandhan raksha राखी रक्षाबंधन रक्षा |
dussehra: dussehra dasara dasehra dushehra vijayadashami dashera दशहरा विजयादशमी |
janmashtami: janmashtami janamashtami जन्माष्टमी |
lohri: lohri lohdi लोहड़ी |
sankranti: sankranti makar मकरसंक्रांति संक्रांति |
shivratri: shivratri shivaratri mahashivratri शिवरात्रि महाशिवरात्रि |
ganesh: ganeshchaturthi ganesh गणेश |
gurpurab: gurpurab gurupurab gurunanak गुरुपर्व गुरपुरब |
valentine: | valentine valentines वैलेंटाइन वेलेंटाइन
republic: gantantra गणतंत्र | republic
independence: swatantrata स्वतंत्रता | independence
gandhi: | gandhi
bhaidooj: bhaidooj bhaiduj भाईदूज |
dhanteras: dhanteras धनतेरस |
karvachauth: karvachauth karwachauth करवाचौथ |
baisakhi: baisakhi vaisakhi बैसाखी |
navratri: navratri navratra नवरात्रि नवरात्र |
onam: onam ओणम |
pongal: pongal पोंगल |
easter: | easter
goodfriday: | goodfriday
muharram: muharram मुहर्रम |
mahavir: mahavir महावीर |
buddha: buddha बुद्ध |
ramnavami: ramnavami रामनवमी |
"""
