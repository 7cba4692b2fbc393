"""First names that are hardly anybody's family name, folded: where they fill a column of family names, it is none.

Names that are both (Thomas, Kelly, Laurent, Martin) say nothing and are not here.
"""

from typing import Final

from leads.normalise.vocabulary import words_of

GIVEN_NAMES: Final = words_of(
    """
    aaron abigail adriana agata agnes agnieszka aisha alejandra alejandro aleksandra alessandra alessandro
    alexandra alexandre alexis alfredo alice alicia alina alison allison alyssa amanda amber amelia amelie
    amit amy ana anastasia anders andre andrea andreas andres andrew andrzej anette angela angelica angelika
    angelina anika anil anita anja anke ankit ann anna annabelle anne anneke annette annika antje antoine
    antonia antonio arjun arnaud arturo ashok astrid aurelie barbara barry beata beate beatrice beatriz
    benedikt benoit bernadette bernd bethany betty bianca birgit bjorn bogdan brandon brenda brian bridget
    brittany bronwyn bruno caitlin callum candice carina carla carlos carmen carol carolina caroline
    caterina catherine cathy cecile cecilia celine charlotte chelsea cheryl chiara chloe christian christina
    christine christof christoph christophe christopher cindy claire clara claudia claudio colleen connie
    corinna corinne cornelia courtney cristian cristiano cristina crystal cynthia dagmar daniela daniele
    danielle darren dave davide dawn debbie deborah debra deepak deirdre denise derek detlef diana diane
    diego dieter dirk dmitri dmitry dominik dominique donna dorota dorothea dorothy eduardo edyta eileen
    ekaterina elaine eleanor elena eleonora elisa elisabeth elise elizabeth elke ella ellen elodie emanuele
    emil emilia emilie emily emma eric erica erik erika erin ernesto esther ethan eugenia eva evelyn ewa
    fabian fabio fabrice fatima federica federico felicity fernando filip fiona florence florian francesca
    francesco franck franziska frederic friederike gabriela gabriele gabriella gail geoff georgia georgina
    gerald geraldine gerd gerhard gianluca gillian giorgio giovanna giovanni gisela giulia giuseppe gloria
    grace greg gregor grzegorz gudrun guido guillermo gustavo hanna hannah harriet harry hassan hayley hazel
    heather heidi heike heiko heinz helen helena helene helga henrik herve hilary holger holly horst hubert
    ian ibrahim igor imke imogen ines inga inge ingo ingrid inka irena irene irina iris irma isabel isabella
    isabelle ivan ivana iwona jack jacqueline jade jaime jake jamie jan jana jane janet janice janina jasmin
    jasmine jason javier jeanette jeff jeffrey jelena jennifer jenny jens jeremy jerome jerry jesper jessica
    jill jim jitka joan joanna joanne joaquin jochen joe joel joerg johanna johannes jolanta jon jonas
    jonathan jorg jorge jose josefine joshua juan juanita judith judy jules julia julian juliana julie
    julien juliet juliette jurgen justin justine justyna karen karin karina karolina katarina katarzyna kate
    katerina katharina katherine kathleen kathrin kathryn kathy katie katja katrin kayla keith kenneth
    kerstin kevin kim kimberly kirsten kirsty klara klaus konrad krishna kristen kristian kristin kristina
    kristine krystyna krzysztof kurt kyle larissa larry lars laura lauren laurence leah leanne lena leonardo
    leonie leslie liam lidia lilian liliana lillian linda lindsay lisa lorena lori lorraine louisa louise
    luca lucas lucia luciana lucie lucinda lucy luigi luis luisa lukas luke maciej magdalena maja malgorzata
    malte mandy manfred manuel manuela marcel marcela marcin marco marcus mareike margaret margarita margot
    maria mariana marianne marie marieke marija marilyn marina mario marion marius marjorie mark markus
    marta martha martina mary massimo mateusz mathias mathieu mathilde matteo matthew matthias matthieu
    maureen maurizio mauro max maximilian megan meike melanie melinda melissa mercedes mia michael michaela
    michal michele michelle miguel mihai mikael mike mila milan milena miriam mohamed mohammed molly monica
    monika monique muhammad nadia nadine nancy naomi natalia natalie natasha nathalie nathan neha neil
    nicholas nico nicola nicolas nicole niklas nils nina noah noemi nora norbert oleg olga olivia orla oscar
    paige pamela paola paolo pascal patrice patricia patrizia patrycja paula paulina pauline pawel pedro
    peggy penelope petra philip philipp philippa philippe phoebe phyllis pia pierluigi pieter pilar piotr
    pooja priya rachel radek rafael rahul rainer raj rajesh ralf ramesh raquel raul rebecca rebekka regina
    reinhard rekha renata renate renee ricardo riccardo rita roberta roberto rodrigo rohit roland rolf
    romain roman romina ronald rosa rosalind rosemary roxanne rudiger rudolf ruth sabine sabrina sally
    salvatore samantha samuel sandra sandrine sandy sanjay sara sarah saskia scarlett sean sebastian
    sebastien serena sergei sergey sergio severine shannon sharon shawn sheila shirley siegfried sigrid
    silke silvia simona simone slawomir sofia sofie sonia sonja sonya sophia sophie stacey stacy stefan
    stefania stefanie stefano steffen stella stephan stephane stephanie stephen steve steven stuart sue
    sunil suresh susan susana susann susanna susanne suzanne sven svenja svetlana sylvia sylvie tamara tanja
    tanya tara tatiana tatjana ted teresa thea theresa thorsten tiffany tim timo timothy tina tobias todd
    tomas tomasz toni tony torsten tracey tracy trevor tristan udo ulf ulrich ulrike ursula ute uwe
    valentina valeria valerie vanessa vera verena veronica veronika veronique vicky victoria vijay viktor
    viktoria vincenzo viola violeta virginia virginie vittorio vivian viviane vladimir volker waltraud wayne
    wendy werner wiebke wilfried wojciech wolfgang xavier yann yasmin yolanda yuki yves yvette yvonne
    zachary zbigniew zoe zofia
    """
)

# The first names that most Russians and Ukrainians have, by which "Петрова Анна" is told from "Анна Петрова".
CYRILLIC_GIVEN_NAMES: Final = words_of(
    """
    александр алексей анатолий андрей антон аркадий артём артем борис вадим валентин валерий василий виктор виталий
    владимир владислав вячеслав геннадий георгий григорий даниил денис дмитрий евгений егор иван игорь илья кирилл
    константин леонид максим михаил никита николай олег павел пётр петр роман руслан семён семен сергей станислав
    степан тимур фёдор федор юрий ярослав
    александра алина алла анастасия анна валентина валерия вера вероника виктория галина дарья диана евгения екатерина
    елена елизавета жанна зинаида зоя инна ирина карина кристина ксения лариса лидия любовь людмила маргарита марина
    мария надежда наталия наталья нина оксана ольга полина раиса светлана софия софья тамара татьяна ульяна юлия яна
    андрій володимир дмитро євген іван ігор максим микола михайло олександр олексій павло петро сергій юрій
    анастасія вікторія катерина марія наталія олена ольга світлана тетяна юлія
    """
)

# Of languages whose lists put the family name in front. Some of them are family names too, so that one name alone says
# little and they only tell the order of a whole column.
FURTHER_GIVEN_NAMES: Final = words_of(
    """
    agoston akos aliz andrea andras anett aniko antal aranka armin arpad attila balazs balint barnabas bence bendeguz
    bernadett bettina boglarka botond brigitta csaba csilla daniel denes dora dorina edina edit eleonora eniko erno
    erzsebet eszter etelka eva evelin ferenc fruzsina gabor gergely gergo gizella gyongyi gyorgy gyula hajnalka hedvig
    henrietta hunor ibolya ildiko ilona imre iren istvan janka janos jeno jolan jozsef judit julianna kalman karoly
    katalin kinga kitti klaudia kornelia krisztian krisztina lajos laszlo lilla livia lorant magdolna marcell margit
    marianna marta marton mate matyas mihaly miklos milan mirjam monika nandor noemi nora norbert orsolya oszkar otto
    pal palma peter piroska reka renata rita robert roland rozalia sandor sara szabina szabolcs szilard szilvia tamas
    terez tibor timea tivadar valeria vilmos viktor vince virag zita zoltan zsanett zsofia zsolt zsuzsa zsuzsanna

    adam aleksander alina anatol antoni apolonia arkadiusz artur bartlomiej bartosz blazej boguslaw bogumila boleslaw
    bozena bronislaw cezary czeslaw damian danuta dariusz dawid dorota edward elzbieta ewelina filip gabriela genowefa
    grazyna halina hanna henryk hubert ireneusz izabela jacek jadwiga jakub janina janusz jaroslaw jerzy joachim jozef
    julita kacper kamil kamila karol kazimierz kinga klaudia kornel lech leszek lidia lucyna ludwik lukasz maciej
    magda magdalena malgorzata marcelina marcin marek maria mariola mariusz marlena marta mateusz michal mieczyslaw
    mikolaj milena miroslaw monika natalia olga oskar oliwia patrycja patryk pawel paulina piotr przemyslaw radoslaw
    rafal renata roman ryszard sebastian slawomir stanislaw stefan sylwester sylwia szymon tadeusz teresa tomasz
    urszula waldemar wanda weronika wieslaw wiktor wiktoria witold wladyslaw wlodzimierz zdzislaw zenon zofia zuzanna

    alena ales alzbeta barbora blanka bohumil bohuslav bozena branislav bretislav dagmar dalibor danica daniela david
    denisa drahomira dusan eliska frantisek hana hynek ivana ivo jakub jana jarmila jarmil jaromir jaroslav jaroslava
    jindrich jiri jirina jitka josef jozef juraj kamila katarina katerina klara kveta ladislav lenka libor libuse lubos
    lubomir lucie ludek ludmila lukas magdalena marcela marek marie marketa matej matus michaela michal milan milada
    miloslav milos miroslav monika nikola oldrich olga ondrej otakar patrik pavel pavla pavlina petr petra premysl
    radek radim radka radovan renata robert roman rudolf sarka silvia simona stanislav stefan stepan sona svatopluk
    tatiana tereza tomas vaclav vera veronika vit vladimir vladislav vlasta vojtech zbynek zdenek zdenka zuzana

    alberto aldo alfonso angelo anna antonella arianna bianca carmela ciro cinzia concetta daniela dario domenico
    donatella edoardo elisabetta emanuela enrica enrico enzo erica fabiana filippo flavia flavio franca franco gaia
    gennaro giacomo gianfranco gianni gilda ginevra giuliana giuliano giuseppina graziella ilaria ivan letizia lidia
    loredana lorenzo luca lucia luciana luciano luigi luisa manuela marcello marco margherita maria marina mario marta
    martina massimo matteo mattia maura maurizio mauro michela michele mirella monica nicola nicoletta ornella paola
    paolo pasquale patrizia piero pietro raffaele raffaella renato renzo riccardo rita roberta roberto rocco rosa
    rosanna sabrina salvatore samuele sara sergio serena silvana silvia silvio simona simone sofia sonia stefania
    stefano teresa tiziana tommaso ugo umberto vincenza vito viviana
    """
)
