from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('handoff', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('lead_assigned', 'A new lead for you'), ('lead_handed_over', 'Your lead is ready for sales'), ('lead_passed_back', 'A lead came back'), ('challenged', 'A lead is disputed'), ('challenge_ruled', 'Your dispute was ruled on'), ('import_finished', 'An import has ended'), ('job_ended', 'Work in the background has ended')], max_length=16, verbose_name='about'),
        ),
    ]
