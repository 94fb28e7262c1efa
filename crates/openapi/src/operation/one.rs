//! One operation: its spec, and how it is called.

use super::fields::Fields;
use super::page_rules::Rules;
use super::{Found, Scene, answer, body, identity, limit, parameters, sample};
use crate::call::CallTemplate;
use crate::imported::Operation;
use crate::limits::FIELDS_MAX;
use crate::note;
use crate::pages::{PAGES_MAX, PAGES_MAX_FIELD};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};

/// Nothing where it could not be called.
pub(super) fn read<'d>(scene: &mut Scene<'_, '_, 'd>, operation: &Found<'d>, id: &str) -> Option<Operation> {
    scene.schemas.begin_operation();
    let mut fields = Fields::default();
    let mut sign_in = scene.access.sign_in(&operation.node);
    let parameters = parameters::read(scene, operation, &mut fields, &mut sign_in);
    if parameters.lacks {
        scene.document.note(&note::UNCALLABLE, &operation.node.at, &[&FIELDS_MAX.to_string()]);
        return None;
    }
    let body = body::read(scene, operation, &mut fields);
    let answer = answer::read(scene, operation);
    scene.defaults = fields.list.iter().map(|field| (field.name.clone(), field.default.clone())).collect();
    let pages = Rules { scene, parameters: &parameters.parameters, answer: &answer }.read(operation);
    let example = sample::example(&fields, body.as_ref());
    let example_output = answer.example(scene);
    let effect = parameters::effect(operation, parameters.key_header.as_deref());
    let mut list = fields.into_list();
    list.extend(pages.is_some().then(pages_max));
    let call = CallTemplate {
        method: operation.method,
        path: operation.path.clone(),
        server: scene.access.server(&operation.node, &operation.around),
        parameters: parameters.parameters,
        body,
        accept: answer.accept(),
        limit: limit::read(scene.document, [&operation.node, &operation.around], &answer),
        success: answer.success,
        pages,
        key_header: parameters.key_header,
        sign_in,
    };
    let spec = spec(scene, operation, id, effect, list);
    Some(Operation { spec: spec.example(example, example_output), call })
}

fn spec(
    scene: &Scene<'_, '_, '_>,
    operation: &Found<'_>,
    id: &str,
    effect: EffectRule,
    fields: Vec<Field>,
) -> OperationSpec {
    let (title, mut about) = identity::operation_words(operation);
    if operation.node.flag("deprecated").unwrap_or_default() {
        scene.document.note(&note::DEPRECATED, &operation.node.at, &[]);
        about.en.push_str(" The vendor is going to withdraw it.");
        about.th.push_str(" ผู้ให้บริการกำลังจะยกเลิกการทำงานนี้");
    }
    let id = format!("{}/{id}", scene.connector);
    let spec = OperationSpec::action(&id, &title.en, &title.th).about(&about.en, &about.th);
    fields.into_iter().fold(spec.effect(effect).connection(Need::Required), OperationSpec::field)
}

fn pages_max() -> Field {
    Field::new(PAGES_MAX_FIELD, FieldKind::Number, "Pages at most", "จำนวนหน้าสูงสุด")
        .about(
            "How many pages are read, one after the other. Their records come out as one list.",
            "จำนวนหน้าที่อ่านต่อกัน รายการของทุกหน้าจะรวมเป็นรายการเดียว",
        )
        .default(1)
        .example(10)
        .at_least(1)
        .at_most(PAGES_MAX)
        .advanced()
}
