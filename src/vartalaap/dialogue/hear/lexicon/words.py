"""Everything else callers say, as data: `tag: Hindi spellings | English spellings` (English may be in Devanagari)."""

from __future__ import annotations

ANSWERS = """
yes: haan han haa ha haanji hanji hnji hmmhaan jihaan bilkul bilkool zaroor jarur jaroor zarur pakka haan-haan avashya हाँ हां हा बिल्कुल बिलकुल ज़रूर जरूर पक्का हांजी हाँजी अवश्य बेशक | yes yeah yep yup yess yea ya aye sure definitely absolutely certainly affirmative correct exactly यस येस श्योर करेक्ट
ok: theek thik thek teek thikh thick ठीक ठिक टीक | ok okay okey okk fine alright ओके ओकै फाइन
right: sahi sahii saahi सही | right correct perfect राइट परफेक्ट
good: accha acha achha achchha badhiya badiya badhia mast shandar अच्छा अच्छे बढ़िया बढिया शानदार | good great nice excellent wonderful गुड ग्रेट
hon: ji jee जी |
done: chalega chalegi चलेगा चलेगी मंज़ूर मंजूर manjur manzoor | done confirm confirmed agreed proceed डन कन्फर्म कंफर्म कन्फ़र्म
do_it: kardo kardijiye kardijie kijiye kijie karo kariye karlo कीजिए कीजिये करो करिए करिये करदो करदीजिए करलो |
no: nahi nahin nahee nhi nai naheen nahii नहीं नही नहि नई | no nope nah naa never नो नोप
not: na mat naa ना न मत | not dont doesnt isnt wont cant cannot didnt wasnt arent without
wrong: galat galt ghalat गलत ग़लत | wrong incorrect mistake रॉन्ग
leave_it: rehne rahne rehnedo chhodo chodo chhod chod chhodiye rahnedo रहने छोड़ो छोड़िए छोड़ छोडो | nevermind skip forget
enough: bas bus बस | nothing enough
maybe: shayad shaayad sochta sochna sochti dekhta dekhte dekhti sochenge dekhenge soch dekhiye शायद सोच सोचता सोचना सोचती सोचेंगे देखते देखता देखेंगे देखूंगा | maybe perhaps possibly probably unsure depends think
know: pata maalum malum मालूम पता | know idea
why: kyun kyu kyon kyoon क्यों क्यूं क्यूँ | why
problem: dikkat pareshani harj samasya दिक्कत परेशानी हर्ज समस्या प्रॉब्लम | problem problems issue worries worry objection
but: lekin magar par parantu लेकिन मगर पर | but however
"""

CORRECTIONS = """
sorry: maaf maafi माफ माफ़ी | sorry pardon oops सॉरी
actually: asal darasal asalmein matlab balki असल दरअसल मतलब बल्कि | actually rather instead mean एक्चुअली ऐक्चुअली
change: badal badlo badalna badle badlaav badalkar badlana badli बदल बदलो बदलना बदलाव बदलवाना बदलनी बदलवानी बदलिए | change changed changing modify modification update edit reschedule rescheduled rescheduling postpone prepone shift move चेंज रीशेड्यूल शिफ्ट अपडेट पोस्टपोन
"""

TALK = """
filler: hmm hm um umm uh uhh er err arre are aree arey suniye suno sunie ummm uhm haanto toh woh wo matlb aapka अरे सुनिए सुनो वो तो उम हम्म | hmm um uh er well so like basically just please listen
hello: namaste namaskar namaskaar namaskara pranam pranaam salaam salam adab sasriakal नमस्ते नमस्कार प्रणाम सलाम आदाब राम-राम | hello hi hey hii hallo helo hellow हेलो हैलो हलो हाय गुडमॉर्निंग
thanks: dhanyavad dhanyavaad dhanyawad dhanyawaad shukriya shukria धन्यवाद शुक्रिया | thanks thank thankyou thanx थैंक्स थैंक थैंक्यू
bye: alvida phirmilenge अलविदा | bye goodbye byebye tata बाय
wait: ruko rukiye rukie ruk rukna rukho thehro thahro thehriye thahriye rukiyega रुको रुकिए रुकिये रुक ठहरो ठहरिए ठहरिये | wait hold moment second sec होल्ड वेट मोमेंट
again: dobara dubara dobaara phirse fir phir दोबारा दुबारा फिर | again repeat pardon रिपीट
what: kya kyaa क्या | what वॉट व्हाट
hear: suna sunai sunayi sunaai sun सुना सुनाई सुन | hear heard hearing audible
loud: zor jor tez oonchi unchi zorse ज़ोर जोर तेज ऊंची | louder loudly loud volume
slow: dheere dhire aahista धीरे आहिस्ता | slow slowly slower
say: boliye boliyega bolo bolna bataiye batao bata batana batayiye bataaiye bataiyega bole kahiye kaho kaha kahaa bolein bola batado बोलिए बोलो बोलना बताइए बताइये बताओ बता बताना कहिए कहो कहा बोलें बोला बताएं बताएँ | say said tell speak talk
speak_hindi: hindi हिंदी हिन्दी हिंदि | hindi
speak_english: angrezi angreji अंग्रेजी अंग्रेज़ी | english इंग्लिश
greet_time: suprabhat सुप्रभात |
"""

PEOPLE = """
people: log logo logon loug logg lok vyakti jan jane jano janon aadmi admi janey loag लोग लोगों लोगो व्यक्ति जन जने जनों आदमी आदमियों | people person persons peoples pax guests guest persons members member heads seater पीपल पर्सन पर्सन्स गेस्ट मेंबर मेम्बर मेंबर्स गेस्ट्स
adults: bade badey bado baday बड़े बडे | adults adult grownups
kids: bachche bacche bachcha baccha bache bachchon bacchon bachho बच्चे बच्चा बच्चों | kids kid child children baby infant किड्स
we: hum ham hamlog humlog hamare hamara humara humare humaare हम हमलोग हमारे हमारा | we us our
i: main mai mujhe mujhko mera meri mere maine मैं मै मुझे मेरा मेरी मेरे मैंने | i me my myself im
alone: akela akele akeli अकेला अकेले अकेली | alone solo single
both: dono donon दोनों दोनो | both couple
three_all: teeno teenon तीनों |
four_all: chaaro chaaron charon चारों |
five_all: paancho panchon पांचों पाँचों |
partner: patni pati biwi bivi shauhar gharwali पत्नी पति बीवी शौहर घरवाली | wife husband spouse girlfriend boyfriend partner fiance fiancee hubby वाइफ हस्बैंड हसबैंड
relative: maa mummy papa pita mata beta beti bhai behen behan bahan chacha dada dadi nana nani माँ मां मम्मी पापा पिता माता बेटा बेटी भाई बहन दादी दादा | mother father mom dad son daughter brother sister friend colleague cousin
friends: dost doston yaar दोस्त दोस्तों यार | friends friend colleagues cousins फ्रेंड्स
family: parivar pariwar parivaar परिवार | family फैमिली फैमिलि
dozen: darjan darzan दर्जन | dozen डज़न
and: aur और | and plus with प्लस
with: saath sath साथ | with
or: ya yaa या | or
of: ka ki ke kaa kee का की के | of
for: liye liya vaaste waste liyeh लिए लिये वास्ते | for फॉर
seat: kursi kursiyan कुर्सी | seat seats chairs cover covers सीट सीटें सीट्स
"""

BOOKING = """
table: | table tables tabel टेबल टेबुल टेबिल
book: | book booking bookings reserve reservation reservations reserved booked बुक बुकिंग रिज़र्व रिज़र्वेशन रिजर्वेशन रिसर्वेशन बूक
want: chahiye chahie chaiye chahta chahti chahte chahunga chaahiye chahuga mangta चाहिए चाहिये चाहता चाहती चाहते | want need like wish wanna require
come: aana aaenge aayenge aaunga aaungi aenge ayenge aa pahunchenge आना आएंगे आयेंगे आऊंगा आऊंगी आएँगे आ रहे | come coming arrive arriving visit visiting
available: khali milega milegi milenge uplabdh खाली मिलेगा मिलेगी मिलेंगे मिल उपलब्ध | available availability free vacant empty अवेलेबल
cancel: radd rad khatm रद्द रद खत्म | cancel cancelled cancellation cancelling canceling drop कैंसल कैंसिल कैन्सल कैंसेल
my_own: khud apna apni apne खुद अपना अपनी अपने | own
do: karna karni karo kar karein karen karu karun karwa karwana karwani karvana kardo dijiye dijie de dena करना करनी करो कर करें करूं करवा करवाना करवानी दीजिए दीजिये दे देना दो | make do get give please
is: hai hain hoon hun hu tha thi hoga hogi honge ho है हैं हूँ हूं हू था थी होगा होगी होंगे हो | is are am was be
name: naam nam naame नाम | name names नेम
this_is: | speaking here
talk: bolrahahoon bol raha rahi rahe बोल रहा रही रहे | speaking calling
number: nambar nambr नंबर नम्बर | number mobile phone contact फोन मोबाइल फ़ोन
same: yahi isi wahi vahi यही इसी वही | same this
call: | call calling called कॉल
"""

QUESTIONS = """
price: kitne kitna kitni daam dam keemat kimat qeemat bhav paise paisa rupaye rupay rupe rupees rupya कितने कितना कितनी दाम कीमत क़ीमत भाव पैसे रुपये रुपए रुपया | price prices cost costs much rate rates charge charges rs rupees rupee inr प्राइस रेट कॉस्ट
menu: khana khaane khane kya-kya pakwan khaana खाना खाने पकवान व्यंजन | menu dish dishes food serve items item cuisine options मेनू मेन्यू मीनू डिश आइटम
veg: shakahari shakaahaari shakahaari jain शाकाहारी जैन | vegetarian veg vegan veggie jain वेज वेजिटेरियन वेजीटेरियन
nonveg: mansahari maansahari मांसाहारी | nonveg nonvegetarian meat
recommend: khaas khas mashhoor mashhur सबसे खास ख़ास मशहूर sabse | recommend recommendation recommended suggest suggestion special speciality specialty specials famous popular best signature स्पेशल फेमस
open: khula khuli khule khulta khulte khulti kholte khulenge khulega खुला खुली खुले खुलता खुलते खुलेगा खोलते | open opening opens ओपन
close: band bandh bnd बंद बन्द | close closed closes closing shut क्लोज क्लोज़ क्लोज्ड
timing: samay vaqt waqt wakt समय वक़्त वक्त | time timing timings hours schedule टाइम टाइमिंग टाइमिंग्स
when: kab kabtak कब | when
where: kahan kahaan kidhar कहाँ कहां किधर | where
address: jagah rasta raasta jagha पता जगह रास्ता | address location located landmark directions direction reach map situated एड्रेस लोकेशन
near: paas nazdeek najdik pas पास नज़दीक नजदीक | near nearby nearest
delivery: parcel pack पार्सल पैक होमडिलीवरी | delivery deliver delivered takeaway takeout parcel swiggy zomato pickup packing डिलीवरी डिलिवरी टेकअवे जोमैटो स्विगी
party_event: shaadi shadi daawat dawat jashn samaroh शादी दावत समारोह जन्मदिन janmdin | catering caterer event birthday wedding anniversary banquet bulk corporate buffet reception कैटरिंग केटरिंग बर्थडे पार्टी इवेंट
large_party: | catering caterer banquet bulk कैटरिंग केटरिंग
person: malik maalik manejar insaan insan मालिक इंसान मैनेजर | manager owner human agent representative executive staff operator somebody someone supervisor
connect: baat baath milao milaiye मिलाओ मिलाइए बात | connect transfer speak talk callback
complaint: shikayat shikaayat kharab ganda bekaar bekar bakwas ghatiya शिकायत खराब ख़राब गंदा बेकार बकवास घटिया | complaint complain bad worst terrible horrible disgusting stale unhappy disappointed rude pathetic refund कंप्लेंट
payment: bhugtan bhugtaan भुगतान | pay payment payments upi card paytm gpay phonepe cash advance deposit pe googlepay credit debit bill पेमेंट यूपीआई कार्ड कैश एडवांस बिल
record: | record recording recorded transcribe transcribed transcription transcript taping रिकॉर्ड रिकॉर्डिंग ट्रांसक्राइब रेकॉर्ड
store: rakho rakhna likho likhna likh रखो रखना लिखो लिखना लिख | save store note keep stored
data: jaankari jankari jaankaari जानकारी | data information info details डेटा डाटा
stop: roko bandkaro रोको | stop unsubscribe स्टॉप
message: sandesh msg मैसेज संदेश मेसेज | message messages sms whatsapp text texts व्हाट्सएप वॉट्सऐप
parking: gaadi gadi गाड़ी | parking park valet पार्किंग
"""
