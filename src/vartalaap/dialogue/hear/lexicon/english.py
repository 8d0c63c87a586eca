"""Everyday words that tell the language of Latin-script speech apart; names and dishes tell nothing and are not here."""

from __future__ import annotations

ENGLISH = """
a about above accept account actually add advance after afternoon again against ago agree ahead air all allow allowed almost
alone along already also although always am among amount an and another answer any anyone anything anyway anywhere apart
apologies app apply appointment are area around arrange as ask asked asking assist assistance at attack available away awesome
baby back bad bag bank bar based basically be beautiful became because become bed been before began begin behind being believe
below best better between beyond big bill bit black block board body book booked booking both bottom bottle bought box boy break
bring broken brother brought brown build building built bus business busy but buy by bye call called caller calling calls came
can cancel cannot cant car card care careful carry case cash catch cause center centre certain certainly chance change changed
charge cheap cheaper cheapest check child choice choose city class clean clear clearly close closed code cold come comes comfortable
coming common company complete completely confirm confirmed connect contact continue control cook copy corner correct cost could
couldnt count country couple course cover create credit cuisine current customer customers cut daily dark data date daughter day
days deal dear decide deep delay deliver delivered delivery depend describe details did didnt difference different difficult dinner
direct direction directly discount discuss dish dishes do doctor does doesnt doing done dont door double doubt down drink drive drop
dry due during each earlier early easily easy eat eating either else email end english enjoy enough enter entire especially even
evening event ever every everybody everyone everything exact exactly except excuse expect expensive explain extra eye face fact
fall family far fast father favour favorite fee feel feet few fill final finally find fine finish fire first five fix floor follow
following food for forget forgot form found four free fresh friday friend friends from front full fun further future game gave
general get gets getting girl give given gives giving glad go goes going gone gonna good got great green ground group guess guest guests
guide guy guys had hair half hand happen happened happening happy hard has hasnt have havent having he head health hear heard heart
heavy hello help helped helpful her here hes hey hi high him himself his hold holiday home hope hospital hot hotel hour hours house
how however hundred husband i id idea if ignore im immediately important in include included including indian information inside
instead instructions interested into is isnt issue it item items its itself ive job join just keep kept key kid kids kind kindly
kitchen knew know known language large last late later least leave left less let lets letter level life light like likely line list
listen little live local location long longer look looking lose lost lot loud love low lunch machine made mail main make makes making
man manager many map mark market matter may maybe me mean means medium meet meeting member members menu message messages might mind
mine minute minutes miss missing mistake mobile moment monday money month months more morning most mother move much music must my
myself name near nearby need needed needs never new news next nice night no nobody none normal not note nothing now number of off
offer office often oh ok okay old on once one online only open opening option options or orange order ordered orders other others our out
outside over own paid paper park parking part party pass past pay payment people per percent perfect perhaps person phone photo pick
picture piece place plan play please point police possible post prefer prepare present pretty previous price prices private probably
problem process product program proper provide public purpose put quality quantity question quick quickly quiet quite rate rather read
ready real really reason receive received recent recommend red refund regarding regular remember remove repeat reply request
require required reservation reserve reset rest restaurant restaurants result return review right road room round rule run said
salad sale same saturday save saw say says school seat seats second security see seem seen select self send sent seriously serve service set
several shall share she shop short should show shown side sign similar simple simply since single sir sister sit size sleep slow
small so some somebody someone something sometimes somewhere soon sorry sort sound south speak speaking special spell spicy
stand start started state station stay step still stop store story straight street strong study stuff such suggest suggestion sunday
support suppose sure system table take taken takes taking talk taste taxi tea team tell ten terms test text than thank thanks that thats the
their them then there theres these they theyre thing things think third this those though thought three through thursday ticket till
time times tired to today together told tomorrow tonight too took top total touch toward town track train transfer travel tree
tried trouble true trust try trying tuesday turn twice two type under understand unfortunately until up update upon us use used user
using usual usually value various vegetarian veg very via view visit wait waiting walk wall want wanted wants was wasnt watch water way we
weather website wednesday week weekend weeks welcome well went were what whatever whats when where whether which while white who whole whom
whose why wife will window wish with within without woman women wonder wont word work working world worry worse would wouldnt write
writing wrong yeah year years yellow yep yes yesterday yet you young your youre yours yourself email password details link verify
chicken cheese cheap moderately moderate priced north south east west part town phone address postcode serving expensive
ill id youd youll theyll hed shed weve youve dinner breakfast extra large small regular plate bowl glass piece half quantity spice less
fries burger pizza coke cold coffee cart deliver apartment flat floor gate tower landmark coupon code apply offer discount
minus remove instead replace swap combo meal size add make change reschedule appointment available slot doctor
"""

HINDI = """
aa aaa aaega aage aaj aana aane aap aapka aapke aapki aapko aapne aapse aata aati aate aaya aaye aayi ab abhi accha acha achha agar
agla agle aisa aise aisi aaiye apna apne apni arre arey are aur aurat ayega baad baar baat baatein bahar bahut bohot bahot bhot
banao bana banaya banayi banti bari bas batao bataiye batana bata bataya batayi bechte beech bhai bhaiya bhi bhej bhejo bhejna bhejiye
bhejte bilkul bina bola bole bolo bolna bol boliye bura chahiye chahiyen chahta chahte chahti chal chalo chala chale chalega
chalta chaliye chuka chuki dal dalo daal daalo daalna de dega degi dekh dekha dekhiye dekho dekhna dena denge deta dete deti di dijiye dijiyega diya
diye dikkat dikhao dikha dono doosra dusra dusri door ek fir gaya gaye gayi ghar ghanta gharpe gussa ha haan hai hain ham hamara hamare
hamari hame hamein hamesha hum humko humara humare humari hume humein hua hui hue ho hoga hogi honge hona hone hoon hun hu hota hote
hoti idhar ik in inka inke inki inko is isi iska iske iski isko isliye isme ismein isse it itna itne itni ja jaa jaana jaane jaata
jab jabki jagah jaise jaisa jaldi jana jane jao jata jati jate jayega jayegi jaayega ji jis jisme jiska jiske jiski jitna jo jyada
zyada ka kaafi kab kabhi kaha kahan kahaan kahi kahin kaise kaisa kaisi kal kam kaam kar kara karao karein karen karenge karke
karlo karna karne karni karo karta karte karti karu karun karunga karungi karwa karwana karwani karwao kaun kaunsa kaunsi konsa
konsi koi ke ki kiya kiye kijiye khana khane khata khaya kharab ko kuch kuchh kya kyon kyun kyunki kyonki lag laga lagega lagta
lagegi lagao lekin le lena lenge lelo leta lete lijiye liya liye lo log logo logon maine main mana mang mangwana mangwa mangna
mangao mangaya mat matlab me mein mera mere meri mil mila milega milegi milta milti milna mujhe mujhse mujhko na naam nahi nahin nai
nhi ne neeche nikal niche oopar upar pahunch paisa paise pana par pas paas pata pe pehle pehla phir poora pura puri pe poocho puch
puchna rahe raha rahi rakh rakho rakhna raat roz sab sabhi sabko sabse saath sahi sakta sakte sakti sak samajh samjha samjhe samay
se sirf sirf shaam subah suna sunao suniye suno tab tak tarah tarike tab tha the thi theek thik thoda thodi thode toh to tujhe tum
tumhara tumhare tumhe tumko teri tera tere un unka unke unki unko unse us uska uske uski usko usme usse vo wo woh wahan wahi waha
wala wale wali waise wapas ya yaar yaha yahan yahi ye yeh zara jara zarurat zaroorat zaroor zyada mausam dost paani garam thanda
ghante baje parso aane jaane khula band khul chhota bada badi bade chhoti chota chote choti naya purana kitna kitne kitni
mehnga sasta mehenga mitra beta beti kripya kripaya dhanyavad shukriya namaste namaskar milenge dijie lijie rupaye rupay daam
pareshan madad sawal jawab sach jhooth bhool bhul galti galat acchi achi acche ache khush aao aaunga aaungi rahunga rahungi deni dene
leni lene hi to dijiega karvana karvani karvao bharat desh log khareedna khareed bechna seekhna padhna likhna jaankari hoke jaake aake
leke deke puri sabzi teekha namak meetha kam zyaada dhyan batado kardo bhejdo dedo lagado hatao hata nikalo rukiye ruko thehro chhodo
chhod rehne rehna milao krna kro krdo krta krte rha rhi rhe h hn hu mjhe mje muje apko apka kyu kyo nh bhej dikhaiye dikhana samjhao
"""

SHARED = """
ki hi to the are in is it do me main se us par pass so no na he an am pe jam ban din hum ha bus has sun bat mat rat man mana tab tag tak dam
log ghar bank call name number sir madam hello ok okay please sorry thank pm rs bar hot dal or log we by even
""".split()
